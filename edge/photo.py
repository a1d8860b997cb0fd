"""One photo from disk to a grey picture, its size checked before a single pixel is decoded."""

from __future__ import annotations

from pathlib import Path

import cv2
import imagesize
import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

MOST_PIXELS = 120_000_000
# OpenCV decodes WebP in colour before it turns it grey: four bytes a pixel instead of one or two.
MOST_PIXELS_WEBP = 80_000_000
FORMATS = "JPEG, PNG, WebP, BMP or TIFF"


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Decode a photo to uint8 [h, w], grey 0..255, turned upright as its EXIF orientation says.

    16-bit, alpha, CMYK and palette images are converted. Peak memory stays below 400 MB. Raises
    MoodpiError when the file is absent, no image, or above 120 megapixels (80 for WebP).
    """
    width, height = _size(path)
    most = MOST_PIXELS_WEBP if path.suffix.lower() == ".webp" else MOST_PIXELS
    if width * height > most:
        raise MoodpiError(
            f"{path} has {width} x {height} pixels ({width * height / 1e6:.0f} megapixels), "
            f"expected at most {most / 1e6:.0f}: make it smaller"
        )
    try:
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise MoodpiError(f"{path} cannot be decoded: {error.err}") from error
    if grey is None:
        raise MoodpiError(f"{path} cannot be decoded: save it as {FORMATS}")
    return grey  # type: ignore[return-value]  # IMREAD_GRAYSCALE always gives uint8


def _size(path: Path) -> tuple[int, int]:
    try:
        with path.open("rb") as stream:
            width, height = imagesize.get(stream)
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}") from error
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    except Exception as error:  # imagesize raises whatever a broken header provokes
        raise MoodpiError(f"{path} is no image: expected {FORMATS}") from error
    if width < 1 or height < 1:
        raise MoodpiError(f"{path} is no image: expected {FORMATS}")
    return int(width), int(height)
