"""Contrast of face crops: low in a dark room, against the light or behind a dirty lens."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Crops with less contrast, in grey levels, get this one, the best compromise between good and poor
# light (`python -m tests.studies.face_contrast`).
MIN_CONTRAST = 40.0
# A crop with less has one grey level, apart from noise.
FLAT = 1.0
MIDDLE_GREY = 128.0


def contrast(face: NDArray[np.uint8]) -> float:
    """The standard deviation of the grey levels of a face uint8 [h, w]."""
    return _mean_and_contrast(face)[1]


def restore_contrast(face: NDArray[np.uint8], least: float = MIN_CONTRAST) -> NDArray[np.uint8]:
    """A face uint8 [h, w] with a contrast of about `least`, or the same face if it has more.

    Grey levels are scaled about their mean. The less contrast there was, the closer the mean moves
    to the middle of the range. Levels outside of 0 to 255 are clipped.
    """
    mean, before = _mean_and_contrast(face)
    if before >= least or before < FLAT:
        return face
    gain = least / before
    centre = MIDDLE_GREY + (mean - MIDDLE_GREY) / gain
    return np.clip(np.rint((face - mean) * gain + centre), 0, 255).astype(np.uint8)


def _mean_and_contrast(face: NDArray[np.uint8]) -> tuple[float, float]:
    mean, deviation = cv2.meanStdDev(face)
    return float(mean.item()), float(deviation.item())
