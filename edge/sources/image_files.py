"""The image files of a folder, in natural order."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from moodpi.errors import MoodpiError
from moodpi.text import MAX_QUOTED_LENGTH, clean_text

log = logging.getLogger(__name__)

# Of the supported formats, and of AVIF, whose error states what to do.
PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff"}
    | {".heic", ".heif", ".hif", ".avif"}
)
# The names that a message lists.
MAX_NAMED = 10
NUMBER = re.compile(r"([0-9]+)")


def is_picture(path: Path) -> bool:
    """Whether the file's suffix is that of a picture, and its name is not that of a hidden file.

    The content is not read. macOS leaves hidden files as `._photo.jpg` beside pictures.
    """
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def pictures_at(path: Path) -> list[Path]:
    """The path itself; for a folder, the pictures in it."""
    try:
        return pictures_in(path) if path.is_dir() else [path]
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order. Raises MoodpiError if it has none.

    Logs what else the folder has.
    """
    try:
        content = sorted(folder.iterdir(), key=_natural_order)
    except OSError as error:
        raise MoodpiError(
            f"cannot read the folder {folder}: {error.strerror}", code="unreadable_file"
        ) from error
    pictures = [path for path in content if is_picture(path)]
    others = [path for path in content if not is_picture(path)]
    if not pictures:
        found = f", found {list_names(others)}" if others else ""
        raise MoodpiError(
            f"{folder} has no pictures: expected {', '.join(sorted(PICTURE_SUFFIXES))} files in it"
            f"{found}",
            code="no_pictures",
        )
    if others:
        log.info("%s: %d files left out: %s", folder, len(others), list_names(others))
    return pictures


def list_names(paths: Sequence[Path]) -> str:
    """The names of the first files, and how many others there are."""
    names = ", ".join(clean_text(path.name, MAX_QUOTED_LENGTH) for path in paths[:MAX_NAMED])
    others = len(paths) - MAX_NAMED
    return f"{names} and {others:,} others" if others > 0 else names


def _natural_order(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key: digits as numbers, the rest case-insensitive, then the name itself."""
    parts = NUMBER.split(path.name.lower())
    keys = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
    return keys, path.name
