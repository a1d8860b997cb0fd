"""Atomic writes, and quarantine of damaged files."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# The files that SQLite keeps beside a database in WAL mode, by suffix.
SQLITE_SUFFIXES = ("", "-wal", "-shm")


def write_atomic(contents: Mapping[Path, bytes]) -> None:
    """Write every file beside its place, then rename them into place in the order given.

    MoodpiError that names the file if one cannot be written; then none has been touched.
    """
    aside = {path: path.with_name(path.name + ".part") for path in contents}
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside[path].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path in contents:
            aside[path].replace(path)
    except OSError as error:
        raise MoodpiError(f"cannot write {path}: {error.strerror}") from error
    finally:
        for part in aside.values():
            with suppress(OSError):
                part.unlink()


def quarantine(path: Path, error: Exception) -> None:
    """Rename a damaged file and log a warning; where it cannot be renamed, only log."""
    try:
        result = f"renamed to {rename_damaged(path).name}"
    except OSError as refusal:
        result = f"it stays in place, because it cannot be renamed: {refusal.strerror}"
    log.warning("%s is damaged (%s): %s", path, error, result)


def rename_damaged(path: Path) -> Path:
    """Rename a damaged file and SQLite's files beside it; return the new path."""
    renamed = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%dT%H%M%S.%f}")
    for suffix in SQLITE_SUFFIXES:
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(renamed.with_name(renamed.name + suffix))
    return renamed
