"""Faces in a grey picture, by OpenCV's Haar cascade, and the 48x48 crop the models look at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area, distance
from models.artefact import CROP_SIDE
from moodpi.errors import MoodpiError
from moodpi.requirements import OPENCV, how_to_install

# alt2, not default: where default takes a shoulder for a large face, alt2 sees only the face.
CASCADE = "haarcascade_frontalface_alt2.xml"
DEBIAN_CASCADES = Path("/usr/share/opencv4/haarcascades")
# A face that is followed is searched for at this width in pixels, at sizes between these shares of
# the one it had. Fewer hits are enough for it: that it is a face has been seen before.
NEAR_SIDE = 40
NEAR_SIZES = (0.75, 1.35)
NEAR_NEIGHBOURS = 3
# Where it has no hit, this one may: faces that shout or frown, which were found calm.
NEAR_CASCADE = "haarcascade_frontalface_default.xml"
# What the models see is the box without so much of its side on every side of it: on FER2013's faces
# in scenes the model recognises most there, and so it does on a portrait
# (`python -m tests.studies.crop_margin`).
CROP_TRIM = 0.05


class HaarFaceDetector:
    """Viola and Jones's detector ("Rapid object detection using a boosted cascade", CVPR 2001).

    longest_side: the picture is scaled down to this many pixels before it is searched.
    smallest_face: the least side of a face, in pixels of the scaled picture.
    neighbours: how many overlapping hits make a face; more means fewer false ones.
    A tilt is how far the picture is turned counter-clockwise for the search, in degrees: a head
    that leans to the picture's right stands upright at a positive one.
    """

    def __init__(
        self, longest_side: int = 960, smallest_face: int = 40, neighbours: int = 5
    ) -> None:
        self._longest_side = longest_side
        self._smallest_face = smallest_face
        self._neighbours = neighbours
        self._cascade = _load_cascade(CASCADE)

    def detect(self, grey: NDArray[np.uint8], tilt: float = 0.0) -> list[Box]:
        """The faces of a uint8 picture [h, w], the largest first; none is an empty list."""
        scale = min(1.0, self._longest_side / max(grey.shape))
        if min(grey.shape) * scale < self._smallest_face:
            return []
        turned, back = _turn(_shrink(grey, scale), tilt)
        found = self._cascade.detectMultiScale(
            cv2.equalizeHist(turned),
            scaleFactor=1.1,
            minNeighbors=self._neighbours,
            minSize=(self._smallest_face, self._smallest_face),
        )
        boxes = [_placed(box, back, 1 / scale, (0, 0), grey.shape) for box in found]
        return sorted(boxes, key=area, reverse=True)

    def detect_near(
        self, grey: NDArray[np.uint8], box: Box, reach: float, tilt: float = 0.0
    ) -> Box | None:
        """The face that was at `box`, near there and at about its size; None if it is not.

        reach: how far it may have moved, in widths of the box.
        """
        x, y, width, height = box
        around_x, around_y = round(reach * width), round(reach * height)
        left, top = max(0, x - around_x), max(0, y - around_y)
        patch = grey[top : y + height + around_y, left : x + width + around_x]
        scale = min(1.0, NEAR_SIDE / width)
        turned, back = _turn(_shrink(patch, scale), tilt)
        least, most = (round(size * scale * width) for size in NEAR_SIZES)
        for cascade in (self._cascade, self._near_cascade) if tilt == 0 else (self._cascade,):
            found = cascade.detectMultiScale(
                cv2.equalizeHist(turned),
                scaleFactor=1.05,
                minNeighbors=NEAR_NEIGHBOURS,
                minSize=(least, least),
                maxSize=(most, most),
            )
            boxes = [_placed(one, back, 1 / scale, (left, top), grey.shape) for one in found]
            if boxes:
                return min(boxes, key=lambda one: distance(one, box))
        return None

    @cached_property
    def _near_cascade(self) -> cv2.CascadeClassifier:
        """Loaded when a face is first lost: photos never need it."""
        return _load_cascade(NEAR_CASCADE)


def crop(grey: NDArray[np.uint8], box: Box, tilt: float = 0.0) -> NDArray[np.uint8]:
    """What the models see of the face at `box`, as uint8 [48, 48], turned upright by `tilt`."""
    x, y, width, height = box
    across, down = int(CROP_TRIM * width), int(CROP_TRIM * height)
    face = grey[y + down : y + height - down, x + across : x + width - across]
    upright, _ = _turn(face, tilt)
    return resize_crop(upright)


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


def _turn(
    grey: NDArray[np.uint8], tilt: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64] | None]:
    """The picture turned about its middle, and the matrix [2, 3] that leads back from it."""
    if tilt == 0:
        return grey, None
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1.0)
    turned = cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return turned, cv2.invertAffineTransform(turn)  # type: ignore[return-value]


def _placed(
    box: Sequence[int],
    back: NDArray[np.float64] | None,
    factor: float,
    corner: tuple[int, int],
    shape: tuple[int, ...],
) -> Box:
    """A hit in the searched part, as a box of the picture, upright and within its edges."""
    x, y, width, height = (float(value) for value in box)
    middle = np.array([x + width / 2, y + height / 2, 1.0])
    if back is not None:
        middle[:2] = back @ middle
    left = round((middle[0] - width / 2) * factor) + corner[0]
    top = round((middle[1] - height / 2) * factor) + corner[1]
    right = min(shape[1], left + round(width * factor))
    bottom = min(shape[0], top + round(height * factor))
    left, top = max(0, left), max(0, top)
    return left, top, right - left, bottom - top


def _load_cascade(name: str) -> cv2.CascadeClassifier:
    if not hasattr(cv2, "CascadeClassifier"):
        raise MoodpiError(
            f"OpenCV {cv2.__version__} has no CascadeClassifier, expected 4.x: "
            f"{how_to_install(OPENCV)}"
        )
    shipped = Path(cv2.__file__).parent / "data"
    for folder in (shipped, DEBIAN_CASCADES):
        path = folder / name
        if path.is_file():
            cascade = cv2.CascadeClassifier(str(path))
            if not cascade.empty():
                return cascade
    raise MoodpiError(
        f"{name} is not in {shipped} nor {DEBIAN_CASCADES}: "
        f"{how_to_install(OPENCV)}, or apt install opencv-data"
    )
