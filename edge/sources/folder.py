"""A folder of images, played like a film of five frames a second."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from edge.frame import Frame
from edge.sources.image_files import pictures_in
from edge.sources.source import SourceKind
from edge.vision.photo import read_photo
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

FRAME_RATE = 5.0


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
        self._paths = iter(enumerate(pictures_in(Path(self._text))))
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
