"""Atomic writes, and quarantine of damaged files."""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError
from moodpi.text import clean_text

log = logging.getLogger(__name__)

# Suffixes of the files of an SQLite database in WAL mode.
SQLITE_SUFFIXES = ("", "-wal", "-shm")
# Flags of open(2) for a file that must not exist.
NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
MAX_REASON_LENGTH = 200
T = TypeVar("T")


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


@contextmanager
def descriptor_name(path: Path) -> Iterator[str]:
    """Open a file, and name it by its descriptor for the time of the block: /proc/self/fd/3.

    Libraries of native code misread names: they require UTF-8, take what precedes a colon for a
    protocol, and what follows a question mark for options. This name has none of these, and leads
    to the file even if that is renamed in the meantime.

    Raises MoodpiError if the file cannot be opened (see open_file).
    """
    try:
        stream = open_file(path)
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error
    with stream:
        yield f"/proc/self/fd/{stream.fileno()}"


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


def write_atomic(contents: Mapping[Path, bytes], mode: int = 0o666) -> None:
    """Write the files under temporary names, then rename them to their paths in order.

    mode: The permissions of the files, from which the process's umask is removed.

    Raises:
        MoodpiError: A file cannot be written; the existing files are unchanged.
    """
    temporary = {path: path.with_name(path.name + ".part") for path in contents}
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            # A symbolic link that somebody else left at this name is not followed.
            temporary[path].unlink(missing_ok=True)
            with open(os.open(temporary[path], NEW_FILE, mode), "wb") as stream:  # noqa: PTH123
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


def read_json_state(path: Path, max_bytes: int, parse: Callable[[Any], T]) -> T | None:
    """What `parse` makes of the JSON in a state file; None without a file.

    A file that cannot be read is logged. A damaged file is quarantined and logged: one that is too
    large, is no JSON, or for which `parse` raises an exception.
    """
    try:
        content = read_limited(path, max_bytes)
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("cannot read %s: %s", path, error.strerror)
        return None
    except MoodpiError as error:
        quarantine(path, error)
        return None
    try:
        with error_boundary(str(path)):
            return _parse_json(content, parse)
    except MoodpiError as error:
        quarantine(path, error)
        return None


def _parse_json(content: bytes, parse: Callable[[Any], T]) -> T:
    try:
        return parse(json.loads(content))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {clean_text(str(error), MAX_REASON_LENGTH)}"
        raise MoodpiError(reason, code="damaged_file") from error


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
