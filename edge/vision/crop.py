"""The 48x48 face crop that the models take."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.rotation import rotate
from models.artefact import CROP_SIDE

# The share of the box's side that is cut off on every side. The models recognise most with this
# value, on FER2013's faces in scenes and on a portrait (`python -m tests.studies.crop_margin`).
CROP_TRIM = 0.05


def crop_face(grey: NDArray[np.uint8], box: Box, roll: float = 0.0) -> NDArray[np.uint8]:
    """The face at `box` as uint8 [48, 48], rotated upright by `roll` degrees."""
    x, y, width, height = box
    trim_x, trim_y = int(CROP_TRIM * width), int(CROP_TRIM * height)
    face = grey[y + trim_y : y + height - trim_y, x + trim_x : x + width - trim_x]
    upright, _ = rotate(face, roll)
    return resize_crop(upright)


def resize_crop(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey face of any size, resized to uint8 [48, 48]."""
    if face.shape == (CROP_SIDE, CROP_SIDE):
        return face
    shrinks = min(face.shape) > CROP_SIDE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(face, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)  # type: ignore[return-value]
