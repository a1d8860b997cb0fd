"""The 48x48 face crop that the models take."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.rotation import rotate
from models.artefact import CROP_SIDE

# What the three crops of a photo's face add to its box on every side, as shares of the box's side.
# Their mean is more accurate than the box alone (`python -m tests.studies.face_crops`).
MARGINS = (0.0, -0.05, 0.05)
# So much around a box, as a share of its side, has the corners of every crop turned by 30 degrees.
SURROUNDINGS = 0.3


def crop_face(grey: NDArray[np.uint8], box: Box, roll: float = 0.0) -> NDArray[np.uint8]:
    """The face at `box` as uint8 [48, 48], rotated upright by `roll` degrees.

    The crop is the whole box, because the eyes are then where they are in the faces that the models
    were trained on (`python -m tests.studies.eye_positions`).
    """
    x, y, width, height = box
    upright, _ = rotate(grey[y : y + height, x : x + width], roll)
    return resize_crop(upright)


def crops_of_face(grey: NDArray[np.uint8], box: Box, roll: float = 0.0) -> NDArray[np.uint8]:
    """The face at `box` with each of MARGINS, rotated upright by `roll` degrees: uint8 [3, 48, 48].

    Beyond the edges of the picture, a crop repeats its last pixels.
    """
    if roll:
        grey, box = _upright(grey, box, roll)
    return np.stack([resize_crop(_cut(grey, box, margin)) for margin in MARGINS])


def _upright(grey: NDArray[np.uint8], box: Box, roll: float) -> tuple[NDArray[np.uint8], Box]:
    """The surroundings of a face, rotated about its centre, and its box in them."""
    surroundings = _cut(grey, box, SURROUNDINGS)
    height, width = surroundings.shape
    left, top = (width - box[2]) // 2, (height - box[3]) // 2
    return rotate(surroundings, roll)[0], (left, top, box[2], box[3])


def _cut(grey: NDArray[np.uint8], box: Box, margin: float) -> NDArray[np.uint8]:
    x, y, width, height = box
    rows, columns = (
        np.clip(
            np.arange(round(start - margin * side), round(start + side + margin * side)), 0, end
        )
        for start, side, end in zip(
            (y, x), (height, width), np.subtract(grey.shape, 1), strict=True
        )
    )
    return grey[np.ix_(rows, columns)]


def resize_crop(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey face of any size, resized to uint8 [48, 48]."""
    if face.shape == (CROP_SIDE, CROP_SIDE):
        return face
    shrinks = min(face.shape) > CROP_SIDE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(face, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)  # type: ignore[return-value]
