"""Finds audio files in folders."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from moodpi.errors import MoodpiError

# The suffixes of files that mpv plays and whose tags mutagen reads.
AUDIO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("aac", "aif", "aiff", "ape", "flac", "m4a", "m4b", "mp3", "mp4", "mpc"),
        *("oga", "ogg", "opus", "tta", "wav", "wma", "wv"),
    )
)


def audio_files(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The path of every audio file, with its revision: a text that changes with the file.

    Raises MoodpiError (`no_such_folder`) for a folder that does not exist.
    """
    for folder in folders:
        if not folder.is_dir():
            raise MoodpiError(
                f"no folder with music {folder}: mount its disk, or name another one",
                code="no_such_folder",
            )
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent, name)
                if path.suffix.lower() in AUDIO_SUFFIXES:
                    with suppress(OSError):
                        status = path.stat()
                        if stat.S_ISREG(status.st_mode):
                            yield str(path), f"{status.st_mtime_ns} {status.st_size}"
