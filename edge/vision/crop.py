"""The 48x48 face crop that the models take."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.rotation import rotate
from models.artefact import CROP_SIDE


def crop_face(grey: NDArray[np.uint8], box: Box, roll: float = 0.0) -> NDArray[np.uint8]:
    """The face at `box` as uint8 [48, 48], rotated upright by `roll` degrees.

    The crop is the whole box, because the eyes are then where they are in the faces that the models
    were trained on (`python -m tests.studies.eye_positions`). Larger and smaller crops, and a mean
    over several, are not better (`python -m tests.studies.face_crops`).
    """
    x, y, width, height = box
    upright, _ = rotate(grey[y : y + height, x : x + width], roll)
    return resize_crop(upright)


def resize_crop(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey face of any size, resized to uint8 [48, 48]."""
    if face.shape == (CROP_SIDE, CROP_SIDE):
        return face
    shrinks = min(face.shape) > CROP_SIDE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(face, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)  # type: ignore[return-value]
