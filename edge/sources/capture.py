"""Capture with OpenCV's VideoCapture, shared by files, USB cameras and network streams."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

COLOUR_DIMENSIONS = 3


class GreyCapture:
    """A cv2.VideoCapture with grey frames uint8 [h, w]."""

    def __init__(self, target: str | int, backend: int, parameters: Sequence[int] = ()) -> None:
        self._capture = cv2.VideoCapture(target, backend, list(parameters))

    @property
    def opened(self) -> bool:
        return self._capture.isOpened()

    def get(self, prop: int) -> float:
        return float(self._capture.get(prop))

    def set(self, prop: int, value: float) -> None:
        self._capture.set(prop, value)

    def read(self) -> NDArray[np.uint8] | None:
        """The next frame in grey; None at the end or after any failure."""
        try:
            success, picture = self._capture.read()
        except cv2.error:
            return None
        if not success or picture is None or picture.size == 0:
            return None
        if picture.ndim == COLOUR_DIMENSIONS:
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        return np.asarray(picture, np.uint8)

    def release(self) -> None:
        self._capture.release()
