"""The reference for the frame pipeline: a face search in every full frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box

# The one that face libraries use.
CASCADE = "haarcascade_frontalface_default.xml"


class FullFrameSearch:
    """OpenCV's detector with commonly used parameters."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))

    def search(self, grey: NDArray[np.uint8]) -> list[Box]:
        """The boxes of the faces in a uint8 picture [h, w]."""
        found = self._cascade.detectMultiScale(grey, 1.1, 5, minSize=(40, 40))
        return [(int(x), int(y), int(w), int(h)) for x, y, w, h in found]
