"""A folder of images as a video with five frames a second."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import FOLDER_LIMITS
from edge.photos.photo import read_photo
from edge.sources.image_files import pictures_in
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

FRAME_RATE = 5.0


class FolderSource(SourceKind):
    """The images of a folder in natural order: 2.jpg before 10.jpg.

    An image that cannot be read is skipped and counted as dropped, and logged the first time; the
    timestamps of the others do not change.
    """

    live = False
    _paths: Iterator[tuple[int, Path]] = iter(())

    def __init__(self, text: str, settings: SourceSettings) -> None:
        super().__init__(text, settings)
        self._decoder = PhotoDecoder(FOLDER_LIMITS)
        self._skipped = 0
        self._logged: set[Path] = set()

    @classmethod
    def recognizes(cls, text: str) -> bool:
        return text != "" and Path(text).is_dir()

    def open(self) -> None:
        self._paths = iter(enumerate(pictures_in(Path(self._text))))
        self._delivered = 0

    def read(self) -> Frame | None:
        for position, path in self._paths:
            try:
                grey = read_photo(path, self._decoder)
            except MoodpiError as error:
                self._skipped += 1
                if path not in self._logged:
                    log.warning("skipped: %s", error)
                    self._logged.add(path)
                continue
            self._delivered += 1
            return Frame(grey, position / FRAME_RATE, self._delivered - 1)
        if self._delivered == 0:
            raise MoodpiError(
                f"none of the images in {self._text} can be read", code="no_readable_image"
            )
        return None

    def close(self) -> None:
        self._paths = iter(())
        self._decoder.close()

    @property
    def dropped(self) -> int:
        return self._skipped
