"""In-plane rotation of pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def rotate(
    grey: NDArray[np.uint8], degrees: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64] | None]:
    """Rotate a picture uint8 [h, w] counter-clockwise about its centre.

    Returns the rotated picture, of the same size, and the affine matrix [2, 3] that maps its
    coordinates back to the original; None for a rotation by 0.
    """
    if degrees == 0:
        return grey, None
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    rotated = cv2.warpAffine(grey, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return rotated, cv2.invertAffineTransform(matrix)  # type: ignore[return-value]
