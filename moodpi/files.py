"""Atomic writes, and quarantine of damaged files."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Suffixes of the files of an SQLite database in WAL mode.
SQLITE_SUFFIXES = ("", "-wal", "-shm")


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading. It never waits for another program, as opening a named pipe would.

    Raises OSError; also for a named pipe.
    """
    # Path.open has no opener.
    stream = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115  # the caller closes it
    if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "it is a named pipe", str(path))
    return stream


def read_limited(path: Path, max_bytes: int) -> bytes:
    """The content of a file.

    Raises:
        OSError: The file cannot be opened (see open_file) or read.
        MoodpiError: The file is larger than max_bytes (code `file_too_large`).
    """
    with open_file(path) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise MoodpiError(
            f"{path} is too large: expected at most {max_bytes:,} bytes", code="file_too_large"
        )
    return content


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def write_atomic(contents: Mapping[Path, bytes]) -> None:
    """Write the files under temporary names, then rename them to their paths in order.

    Raises:
        MoodpiError: A file cannot be written; the existing files are unchanged.
    """
    temporary = {path: path.with_name(path.name + ".part") for path in contents}
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary[path].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path in contents:
            temporary[path].replace(path)
    except OSError as error:
        raise MoodpiError(f"cannot write {path}: {error.strerror}", code="cannot_write") from error
    finally:
        for part in temporary.values():
            with suppress(OSError):
                part.unlink()


def quarantine(path: Path, error: Exception) -> None:
    """Rename a damaged file and log a warning; if renaming fails, the file stays in place."""
    try:
        result = f"renamed to {rename_damaged(path).name}"
    except OSError as rename_error:
        result = f"it stays in place, because it cannot be renamed: {rename_error.strerror}"
    log.warning("%s is damaged (%s): %s", path, error, result)


def rename_damaged(path: Path) -> Path:
    """Rename a damaged file, and the -wal and -shm files of a database; return the new path."""
    renamed = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%dT%H%M%S.%f}")
    for suffix in SQLITE_SUFFIXES:
        sibling = path.with_name(path.name + suffix)
        if sibling.exists():
            sibling.rename(renamed.with_name(renamed.name + suffix))
    return renamed
