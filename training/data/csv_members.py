"""The CSV files in a file: the file itself, or the members of a gzip, tar or ZIP file.

The content decides what a file is, not its name. Everything is read as a stream; nothing is
written to disk, and the name of a member is never used as a path.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from moodpi.errors import MoodpiError
from moodpi.files import open_file
from moodpi.text import MAX_QUOTED_LENGTH, clean_text
from training.data.tar_stream import BLOCK, is_tar, tar_members

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# FER2013 has 0.3 GB. The faces of a CSV need at most half of its size in memory.
MAX_BYTES = 4 << 30
# Kaggle's image folders have 35,887 files.
MAX_MEMBERS = 100_000
# zipfile reads the directory of an archive into memory as a whole.
MAX_ZIP_DIRECTORY = 32 << 20
ZIP_END, ZIP_END_BYTES, MAX_ZIP_COMMENT = b"PK\x05\x06", 22, 65_535
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAX_LISTED = 3
# What the readers raise for damaged files. RuntimeError is zipfile's for an encrypted member.
DAMAGE = (
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    tarfile.TarError,
    zlib.error,
)


@dataclass(frozen=True)
class CsvMember:
    """One CSV file.

    Attributes:
        name: Its name in the archive; empty for a file that is no archive.
        size: Its bytes, as the archive states them; 0 for a file that is no archive.
        stream: Its content, until the next member is taken.
    """

    name: str
    size: int
    stream: io.BufferedReader


def csv_members(path: Path) -> Iterator[CsvMember]:
    """Each CSV file in a file, in order. Use it within `reading(path)`.

    Raises MoodpiError if an archive holds no CSV, or more than MAX_MEMBERS or MAX_BYTES.
    """
    with open_file(path) as file:
        start = file.read(len(GZIP) + 2)
        file.seek(0)
        if start in ZIP or path.suffix.lower() == ".zip":
            yield from _zip_members(path, file)
            return
        content = gzip.GzipFile(fileobj=file) if start.startswith(GZIP) else file
        stream = _limited(content, path)
        if is_tar(stream.peek(BLOCK)):
            yield from _tar_members(path, stream)
        else:
            yield CsvMember("", 0, stream)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise what a damaged file, or one that cannot be opened, causes as MoodpiError."""
    try:
        yield
    except gzip.BadGzipFile as error:
        raise _unreadable(path, error) from error
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror or error}", code="unreadable_file"
        ) from error
    except zipfile.BadZipFile as error:
        raise MoodpiError(
            f"{path} is not a ZIP archive, or damaged: {error}: download it again",
            code="not_an_archive",
        ) from error
    except DAMAGE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> MoodpiError:
    reason = clean_text(str(error), MAX_QUOTED_LENGTH)
    return MoodpiError(
        f"cannot read {path}: {reason}: download it again, or unpack it and use the CSV",
        code="unreadable_file",
    )


def _tar_members(path: Path, stream: IO[bytes]) -> Iterator[CsvMember]:
    contents = _Contents(path)
    for member in tar_members(stream):
        if contents.add(member.name):
            yield CsvMember(member.name, member.size, member.content)
    contents.check()


def _zip_members(path: Path, file: BinaryIO) -> Iterator[CsvMember]:
    _check_zip_directory(path, file)
    contents = _Contents(path)
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or not contents.add(member.filename):
                continue
            if member.compress_type not in ZIP_METHODS:
                raise RuntimeError(f"compression method {member.compress_type}")
            with archive.open(member) as content:
                yield CsvMember(member.filename, member.file_size, _limited(content, path))
    contents.check()


def _check_zip_directory(path: Path, file: BinaryIO) -> None:
    """Raise MoodpiError if the directory at the end of the archive is large (APPNOTE 4.3.16)."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - ZIP_END_BYTES - MAX_ZIP_COMMENT))
    _, found, end = file.read().rpartition(ZIP_END)
    if found and len(end) >= 16 and struct.unpack_from("<L", end, 8)[0] > MAX_ZIP_DIRECTORY:
        raise _too_many_members(path)
    file.seek(0)


class _Contents:
    """The members of an archive: which are CSV files, and how many there are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._others: list[str] = []
        self._has_csv = False

    def add(self, name: str) -> bool:
        """Count a member; return whether it is a CSV file.

        The files `__MACOSX/._name`, which macOS adds, are not.
        """
        self._count += 1
        if self._count > MAX_MEMBERS:
            raise _too_many_members(self._path)
        parts = PurePosixPath(name.lower()).parts
        if "__macosx" in parts or (parts and parts[-1].startswith(".")):
            return False
        is_csv = name.lower().endswith(".csv")
        self._has_csv = self._has_csv or is_csv
        if not is_csv and len(self._others) < MAX_LISTED:
            self._others.append(name)
        return is_csv

    def check(self) -> None:
        """Raise MoodpiError if none was a CSV file."""
        if not self._has_csv:
            names = ", ".join(clean_text(name, MAX_QUOTED_LENGTH) for name in self._others)
            problem = f"no CSV file, but {self._count:,} others, such as {names}"
            fix = "unpack it, and name the folder of images or the CSV file in it"
            if not names:
                problem, fix = "no file", "download it again"
            raise MoodpiError(f"{self._path} holds {problem}: {fix}", code="no_csv")


def _too_many_members(path: Path) -> MoodpiError:
    return MoodpiError(
        f"{path} holds more than {MAX_MEMBERS:,} files: unpack it and use the CSV",
        code="too_many_files",
    )


class _LimitedReader(io.RawIOBase):
    """A stream of at most MAX_BYTES. Reading more raises MoodpiError."""

    def __init__(self, stream: Any, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(len(buffer))
        self._left -= len(content)
        if self._left < 0:
            raise MoodpiError(
                f"{self._path} holds more than {MAX_BYTES >> 30} GiB: expected FER2013, 0.3 GB",
                code="file_too_large",
            )
        buffer[: len(content)] = content
        return len(content)


def _limited(stream: Any, path: Path) -> io.BufferedReader:
    return io.BufferedReader(_LimitedReader(stream, path), 1 << 16)
