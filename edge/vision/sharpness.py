"""Sharpness of pictures and face crops: low out of focus."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# The standard deviation of the blur in pixels.
SIGMA = 1.5
# Crops with less sharpness are sharpened by this factor times what they lack. The numbers are
# chosen with `python -m tests.studies.face_blur`.
MIN_SHARPNESS, STRENGTH = 0.35, 8.0


def sharpness(picture: NDArray[np.uint8]) -> float:
    """The share of the differences of neighbouring pixels that a blur removes, 0..1.

    After "The blur effect: perception and estimation with a new no-reference perceptual blur
    metric" (Crete et al. 2007): a sharp picture loses much by a blur, a blurred one little.
    picture: uint8 [h, w].
    """
    sharp = picture.astype(np.float32)
    variation = _variation(sharp)
    return 1 - _variation(_blurred(sharp)) / variation if variation else 0.0


def restore_sharpness(
    face: NDArray[np.uint8], least: float = MIN_SHARPNESS, strength: float = STRENGTH
) -> NDArray[np.uint8]:
    """A face uint8 [h, w], sharpened if its sharpness is lower than `least`, else the same face.

    What a blur removes is added (unsharp masking), `strength` times what the sharpness lacks. Grey
    levels outside of 0 to 255 are clipped.
    """
    lack = least - sharpness(face)
    if lack <= 0:
        return face
    levels = face.astype(np.float32)
    details = levels - _blurred(levels)
    return np.clip(np.rint(levels + strength * lack * details), 0, 255).astype(np.uint8)


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return cv2.GaussianBlur(picture, (0, 0), SIGMA).astype(np.float32, copy=False)


def _variation(picture: NDArray[np.float32]) -> float:
    """The sum of the differences of neighbouring pixels (the anisotropic total variation)."""
    return float(sum(np.abs(np.diff(picture, axis=axis)).sum() for axis in (0, 1)))
