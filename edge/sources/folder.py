"""A folder of images, played like a film of five frames a second."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from edge.frames import Frame
from edge.photo import read_photo
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

FRAME_RATE = 5.0
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


class FolderSource(SourceKind):
    """The images of a folder in the order people count in: 2.jpg before 10.jpg.

    An image that cannot be read is skipped with a log line, and its fifth of a second passes.
    """

    live = False
    _paths: Iterator[tuple[int, Path]] = iter(())

    @classmethod
    def recognises(cls, text: str) -> bool:
        return text != "" and Path(text).is_dir()

    def open(self) -> None:
        try:
            inside = [p for p in Path(self._text).iterdir() if p.suffix.lower() in SUFFIXES]
        except OSError as error:
            raise MoodpiError(f"cannot read the folder {self._text}: {error.strerror}") from error
        if not inside:
            raise MoodpiError(
                f"{self._text} has no images: expected {', '.join(sorted(SUFFIXES))} files in it"
            )
        self._paths = iter(enumerate(sorted(inside, key=natural_order)))
        self._given = 0

    def read(self) -> Frame | None:
        for place, path in self._paths:
            try:
                grey = read_photo(path)
            except MoodpiError as error:
                log.warning("skipped: %s", error)
                continue
            self._given += 1
            return Frame(grey, place / FRAME_RATE, self._given - 1)
        if self._given == 0:
            raise MoodpiError(f"none of the images in {self._text} could be read")
        return None

    def close(self) -> None:
        self._paths = iter(())


def natural_order(path: Path) -> list[tuple[int, int, str]]:
    """A sorting key that compares runs of digits as numbers and the rest without case."""
    parts = re.split(r"([0-9]+)", path.name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
