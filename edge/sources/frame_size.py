"""The largest frames of cameras and films."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

# The largest width and height of a frame, in pixels.
MAX_FRAME_SIDE = 4096
# A larger frame, over 4K, is halved: four copies of it would exceed the memory of the service.
MAX_FULL_PIXELS = 3840 * 2160


def check_frame_size(width: float, height: float) -> None:
    """Raise MoodpiError for a frame that is larger than MAX_FRAME_SIDE, in pixels."""
    if max(width, height) > MAX_FRAME_SIDE:
        raise MoodpiError(
            f"the picture has {width:.0f} x {height:.0f} pixels: expected at most "
            f"{MAX_FRAME_SIDE} x {MAX_FRAME_SIDE}: select a lower resolution",
            code="frame_too_large",
        )


def halved_if_large(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of more than MAX_FULL_PIXELS with half of its width and height."""
    if picture.shape[0] * picture.shape[1] <= MAX_FULL_PIXELS:
        return picture
    half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.uint8)
