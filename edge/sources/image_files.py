"""Which files of a folder are pictures, and in which order people count them."""

from __future__ import annotations

import re
from pathlib import Path

from moodpi.errors import MoodpiError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def is_picture(path: Path) -> bool:
    """Whether the name is that of a picture; what is in the file, nobody has looked at."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def pictures_at(path: Path) -> list[Path]:
    """The path itself, or if it is a folder the pictures in it."""
    try:
        return pictures_in(path) if path.is_dir() else [path]
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, 2.jpg before 10.jpg; MoodpiError without any, or unreadable."""
    try:
        inside = [path for path in folder.iterdir() if is_picture(path)]
    except OSError as error:
        raise MoodpiError(f"cannot read the folder {folder}: {error.strerror}") from error
    if not inside:
        raise MoodpiError(
            f"{folder} has no pictures: expected {', '.join(sorted(PICTURE_SUFFIXES))} files in it"
        )
    return sorted(inside, key=_natural_order)


def _natural_order(path: Path) -> tuple[list[tuple[int, int, str]], str]:
    """Compares runs of digits as numbers and the rest without case; then the name as it is."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    keys = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
    return keys, path.name
