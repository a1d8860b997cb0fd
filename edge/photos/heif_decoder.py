"""Decodes HEIC with pillow-heif, an optional library. Only the worker imports this module."""

from __future__ import annotations

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray

# libde265 starts a thread of its own for each picture, also with this setting.
pillow_heif.options.DECODE_THREADS = 0
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False

ALPHA_CHANNELS = (2, 4)


def decode_heif(content: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The primary picture as uint8 [h, w], grey, rotated by its own properties; None if damaged.

    The EXIF orientation is not applied: HEIF states that the properties count. Raises MemoryError.
    """
    try:
        file = pillow_heif.open_heif(content.tobytes())
        picture = np.asarray(file[file.primary_index])
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError) as error:
        # libheif's errors have no code here.
        if "memory" in str(error).lower():
            raise MemoryError from error
        return None
    # Only grey pictures with more than 8 bits keep them.
    if picture.dtype != np.uint8:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim == 2:
        return picture
    channels = picture.shape[2]
    if channels in ALPHA_CHANNELS:
        picture, channels = picture[..., : channels - 1], channels - 1
    if channels == 1:
        return np.ascontiguousarray(picture[..., 0])
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
