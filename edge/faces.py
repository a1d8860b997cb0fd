"""Faces in a grey picture, by OpenCV's Haar cascade, and the 48x48 crop the models look at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the picture, x and y its upper left corner."""

CROP_SIDE = 48
# alt2, not default: where default takes a shoulder for a large face, alt2 sees only the face.
CASCADE = "haarcascade_frontalface_alt2.xml"
DEBIAN_CASCADES = Path("/usr/share/opencv4/haarcascades")


class HaarFaceDetector:
    """Viola and Jones's detector ("Rapid object detection using a boosted cascade", CVPR 2001).

    longest_side: the picture is scaled down to this many pixels before it is searched.
    smallest_face: the least side of a face, in pixels of the scaled picture.
    neighbours: how many overlapping hits make a face; more means fewer false ones.
    """

    def __init__(
        self, longest_side: int = 960, smallest_face: int = 40, neighbours: int = 5
    ) -> None:
        self._longest_side = longest_side
        self._smallest_face = smallest_face
        self._neighbours = neighbours
        self._cascade = _load_cascade()

    def detect(self, grey: NDArray[np.uint8]) -> list[Box]:
        """The faces of a uint8 picture [h, w], the largest first; none is an empty list."""
        scale = min(1.0, self._longest_side / max(grey.shape))
        if min(grey.shape) * scale < self._smallest_face:
            return []
        small = _shrink(grey, scale)
        found = self._cascade.detectMultiScale(
            cv2.equalizeHist(small),
            scaleFactor=1.1,
            minNeighbors=self._neighbours,
            minSize=(self._smallest_face, self._smallest_face),
        )
        boxes = [_scaled(box, 1 / scale, grey.shape) for box in found]
        return sorted(boxes, key=lambda box: box[2] * box[3], reverse=True)


def crop(grey: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The part of the picture inside `box`, as uint8 [48, 48]."""
    x, y, width, height = box
    return resize_crop(grey[y : y + height, x : x + width])


def resize_crop(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey face of any size as the models take it: uint8 [48, 48]."""
    if face.shape == (CROP_SIDE, CROP_SIDE):
        return face
    shrinks = min(face.shape) > CROP_SIDE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(face, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)  # type: ignore[return-value]


def _shrink(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1:
        return grey
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _scaled(box: Sequence[int], factor: float, shape: tuple[int, ...]) -> Box:
    x, y, width, height = (round(float(value) * factor) for value in box)
    return x, y, min(width, shape[1] - x), min(height, shape[0] - y)


def _load_cascade() -> cv2.CascadeClassifier:
    if not hasattr(cv2, "CascadeClassifier"):
        raise MoodpiError(
            f"OpenCV {cv2.__version__} has no CascadeClassifier, expected 4.x: "
            "pip install 'opencv-python-headless>=4.8,<5'"
        )
    shipped = Path(cv2.__file__).parent / "data"
    for folder in (shipped, DEBIAN_CASCADES):
        path = folder / CASCADE
        if path.is_file():
            cascade = cv2.CascadeClassifier(str(path))
            if not cascade.empty():
                return cascade
    raise MoodpiError(
        f"{CASCADE} is not in {shipped} nor {DEBIAN_CASCADES}: "
        "pip install opencv-python-headless, or apt install opencv-data"
    )
