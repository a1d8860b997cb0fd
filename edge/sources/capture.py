"""Capture with OpenCV's VideoCapture, shared by files, USB cameras and network streams."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.photos.check import check_photo
from edge.photos.errors import HeifError, NotAnImageError, UndecodableError
from edge.sources.ffmpeg_limits import limit_ffmpeg
from edge.sources.frame_size import MAX_FRAME_SIDE, check_frame_size, halved_if_large
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

COLOUR_DIMENSIONS = 3
# Damaged JPEGs in a row after which a camera has failed. Many cameras begin with some.
MAX_DAMAGED_FRAMES = 30


class GreyCapture:
    """A cv2.VideoCapture with grey frames uint8 [h, w] of at most MAX_FRAME_SIDE.

    A larger frame raises MoodpiError. A frame over 4K has half of its width and height.

    damaged: the number of frames that were skipped because they cannot be decoded.
    """

    def __init__(self, target: str | int, backend: int, parameters: Sequence[int] = ()) -> None:
        if backend == cv2.CAP_FFMPEG:
            limit_ffmpeg()
        self._capture = cv2.VideoCapture(target, backend, list(parameters))
        if backend == cv2.CAP_FFMPEG:
            # Turn frames as a film's display matrix says. OpenCV 4.11 does not unless it is told
            # to, and no version takes it as a parameter.
            self.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        # The longer side that was requested; None if the camera's pictures are not encoded.
        self._encoded_side: int | None = None
        self.damaged = 0
        self._check_size(*self._size())

    @property
    def opened(self) -> bool:
        return self._capture.isOpened()

    def get(self, prop: int) -> float:
        return float(self._capture.get(prop))

    def set(self, prop: int, value: float) -> None:
        self._capture.set(prop, value)

    def read_encoded(self, requested_side: int) -> None:
        """Receive the JPEGs of a camera as they are, and decode them after a check of the header.

        Decoding to grey takes less than half of the time of OpenCV's decoding to colour. A picture
        that is at least twice as large as requested, as some cameras have no small ones, is
        decoded to half of its width and height, which takes less time again.

        requested_side: the longer side that was requested, in pixels.
        """
        self.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        self._encoded_side = requested_side

    def read(self) -> NDArray[np.uint8] | None:
        """The next frame in grey; None at the end or after any failure."""
        for _ in range(MAX_DAMAGED_FRAMES):
            picture = self._receive()
            if picture is not None and self._encoded_side is not None:
                picture = self._decode(picture, self._encoded_side)
                if picture is None:
                    self.damaged += 1
                    continue
            return None if picture is None else _grey(picture)
        return None

    def _receive(self) -> NDArray[np.uint8] | None:
        try:
            success, picture = self._capture.read()
        except cv2.error:
            success, picture = False, None
        self._check_size(*self._size())
        return picture if success and picture is not None and picture.size else None  # type: ignore[return-value]

    def _decode(self, encoded: NDArray[np.uint8], requested_side: int) -> NDArray[np.uint8] | None:
        """The grey picture of a JPEG, None if it is damaged."""
        content = encoded.tobytes()
        try:
            header = check_photo(content, "the camera's picture", MAX_FRAME_SIDE**2)
            self._check_size(header.width, header.height)
            if header.kind == "JPEG":
                halved = max(header.width, header.height) >= 2 * requested_side
                flags = cv2.IMREAD_REDUCED_GRAYSCALE_2 if halved else cv2.IMREAD_GRAYSCALE
                return cv2.imdecode(np.frombuffer(content, np.uint8), flags)  # type: ignore[return-value]
        except (UndecodableError, NotAnImageError, HeifError, cv2.error) as error:
            log.debug("skipped a frame: %s", error)
        return None

    def _size(self) -> tuple[float, float]:
        return self.get(cv2.CAP_PROP_FRAME_WIDTH), self.get(cv2.CAP_PROP_FRAME_HEIGHT)

    def _check_size(self, width: float, height: float) -> None:
        """Refuse a larger frame, which is not converted to grey."""
        try:
            check_frame_size(width, height)
        except MoodpiError:
            self.release()
            raise

    def release(self) -> None:
        self._capture.release()


def _grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = halved_if_large(picture)
    if picture.ndim == COLOUR_DIMENSIONS:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    return picture
