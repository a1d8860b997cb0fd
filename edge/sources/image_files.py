"""The image files of a folder, in natural order."""

from __future__ import annotations

import re
from pathlib import Path

from moodpi.errors import MoodpiError

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif"}
)
NUMBER = re.compile(r"([0-9]+)")


def is_picture(path: Path) -> bool:
    """Whether the file's suffix is that of a picture. The content is not read."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def pictures_at(path: Path) -> list[Path]:
    """The path itself; for a folder, the pictures in it."""
    try:
        return pictures_in(path) if path.is_dir() else [path]
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order. Raises MoodpiError if it has none."""
    try:
        pictures = [path for path in folder.iterdir() if is_picture(path)]
    except OSError as error:
        raise MoodpiError(
            f"cannot read the folder {folder}: {error.strerror}", code="unreadable_file"
        ) from error
    if not pictures:
        raise MoodpiError(
            f"{folder} has no pictures: expected {', '.join(sorted(PICTURE_SUFFIXES))} files in it",
            code="no_pictures",
        )
    return sorted(pictures, key=_natural_order)


def _natural_order(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key: digits as numbers, the rest case-insensitive, then the name itself."""
    parts = NUMBER.split(path.name.lower())
    keys = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
    return keys, path.name
