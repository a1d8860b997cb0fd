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
    levels = picture.astype(np.float32)
    return _share_removed(levels, _blurred(levels))


def restore_sharpness(
    face: NDArray[np.uint8], least: float = MIN_SHARPNESS, strength: float = STRENGTH
) -> NDArray[np.uint8]:
    """A face uint8 [h, w], sharpened if its sharpness is lower than `least`, else the same face.

    What a blur removes is added (unsharp masking), `strength` times what the sharpness lacks. Grey
    levels outside of 0 to 255 are clipped.
    """
    levels = face.astype(np.float32)
    blurred = _blurred(levels)
    lack = least - _share_removed(levels, blurred)
    if lack <= 0:
        return face
    sharpened = levels + strength * lack * (levels - blurred)
    return np.clip(np.rint(sharpened), 0, 255).astype(np.uint8)


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return cv2.GaussianBlur(picture, (0, 0), SIGMA).astype(np.float32, copy=False)


def _share_removed(levels: NDArray[np.float32], blurred: NDArray[np.float32]) -> float:
    """The share of the differences that are in `levels` and not in `blurred`; 0 without any."""
    variation = _variation(levels)
    return 1 - _variation(blurred) / variation if variation else 0.0


def _variation(picture: NDArray[np.float32]) -> float:
    """The sum of the differences of neighbouring pixels (the anisotropic total variation)."""
    return float(sum(np.abs(np.diff(picture, axis=axis)).sum() for axis in (0, 1)))
