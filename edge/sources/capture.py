"""OpenCV's VideoCapture, kept quiet and asked for grey: what files, cameras and streams share."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

COLOUR = 3


class GreyCapture:
    """An opened cv2.VideoCapture whose frames come out as uint8 [h, w]."""

    def __init__(self, target: str | int, backend: int, parameters: Sequence[int] = ()) -> None:
        self._capture = cv2.VideoCapture(target, backend, list(parameters))

    @property
    def opened(self) -> bool:
        return self._capture.isOpened()

    def get(self, setting: int) -> float:
        return float(self._capture.get(setting))

    def set(self, setting: int, value: float) -> None:
        self._capture.set(setting, value)

    def read(self) -> NDArray[np.uint8] | None:
        """The next frame as grey; None when there is none, for whatever reason."""
        try:
            given, picture = self._capture.read()
        except cv2.error:
            return None
        if not given or picture is None or picture.size == 0:
            return None
        if picture.ndim == COLOUR:
            return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
        return np.asarray(picture, np.uint8)

    def release(self) -> None:
        self._capture.release()
