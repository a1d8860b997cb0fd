"""Contrast of face crops: a dark room, a light behind the head or a dull lens leaves little."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Crops with less contrast, in grey levels, get this one. In darker and duller pictures the models
# then classify almost as many faces correctly (`python -m tests.studies.face_contrast`).
MIN_CONTRAST = 40.0
# A crop with less is of one grey level but for its noise: there is nothing to bring out.
FLAT = 1.0
MIDDLE_GREY = 128.0


def contrast(face: NDArray[np.uint8]) -> float:
    """The standard deviation of the grey levels of a face uint8 [h, w]."""
    return float(cv2.meanStdDev(face)[1].item())


def restore_contrast(face: NDArray[np.uint8], least: float = MIN_CONTRAST) -> NDArray[np.uint8]:
    """A face uint8 [h, w] with at least a contrast of `least`, else the same face.

    Grey levels are scaled about their mean, which moves towards the middle of the range the more,
    the less contrast there was. Levels outside of 0 to 255 are clipped.
    """
    before = contrast(face)
    if before >= least or before < FLAT:
        return face
    gain, mean = least / before, float(face.mean())
    centre = MIDDLE_GREY + (mean - MIDDLE_GREY) / gain
    return np.clip(np.rint((face - mean) * gain + centre), 0, 255).astype(np.uint8)
