"""Finds audio files in folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from moodpi.errors import MoodpiError
from moodpi.text import MAX_MESSAGE_LENGTH, quoted

# The suffixes of files that mpv plays and whose tags mutagen reads.
AUDIO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("aac", "aif", "aiff", "ape", "flac", "m4a", "m4b", "mp3", "mp4", "mpc"),
        *("oga", "ogg", "opus", "tta", "wav", "wma", "wv"),
    )
)


def audio_files(
    folders: Sequence[Path], on_unreadable: Callable[[OSError], object]
) -> Iterator[tuple[str, str]]:
    """The path of every audio file, with its revision: a text that changes with the file.

    on_unreadable: Called for each folder and file that cannot be read, with the error.

    Raises MoodpiError (`no_such_folder`) for a folder that does not exist.
    """
    for folder in folders:
        if not folder.is_dir():
            raise MoodpiError(
                f"no folder with music {folder}: mount its disk, or name another one",
                code="no_such_folder",
            )
    for path in _files(folders, on_unreadable):
        if path.suffix.lower() not in AUDIO_SUFFIXES:
            continue
        try:
            status = path.stat()
        except OSError as error:
            on_unreadable(error)
            continue
        if stat.S_ISREG(status.st_mode):
            yield str(path), f"{status.st_mtime_ns} {status.st_size}"


def _files(folders: Sequence[Path], on_unreadable: Callable[[OSError], object]) -> Iterator[Path]:
    """All files. Links to folders are followed last, and every folder is searched once."""
    searched: set[tuple[int, int]] = set()
    pending = list(folders)
    for folder in pending:
        for parent, subfolders, names in os.walk(folder, onerror=on_unreadable):
            try:
                status = Path(parent).stat()
            except OSError as error:
                on_unreadable(error)
                continue
            if (status.st_dev, status.st_ino) in searched:
                subfolders.clear()
                continue
            searched.add((status.st_dev, status.st_ino))
            paths = (Path(parent, name) for name in subfolders)
            pending += (path for path in paths if path.is_symlink())
            yield from (Path(parent, name) for name in names)


def unreadable_text(errors: Sequence[OSError]) -> str:
    """How many folders and files cannot be read, and which is the first, with its reason."""
    first = min(errors, key=lambda error: str(error.filename))
    name = quoted(first.filename, MAX_MESSAGE_LENGTH)
    return f"{len(errors)} folders or songs cannot be read, the first is {name}: {first.strerror}"
