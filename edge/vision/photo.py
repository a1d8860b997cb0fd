"""One photo to a grey picture, its size checked before a single pixel is decoded."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import cv2
import imagesize
import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from moodpi.stderr import silenced_stderr

FORMATS = "JPEG, PNG, WebP, BMP or TIFF"
MOST_PIXELS = 120_000_000
# What OpenCV's decoders hold beside the picture keeps some kinds from 400 MB at that size: WebP is
# decoded in colour first (4 bytes a pixel), a progressive JPEG with all its coefficients (6 bytes).
MAX_PIXELS_WEBP = 80_000_000
MAX_PIXELS_PROGRESSIVE_JPEG = 48_000_000

# JPEG (ITU-T T.81, table B.1): start-of-frame markers, which of them are progressive, and those
# that stand alone, without a length.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE_FRAMES = {0xC2, 0xC6, 0xCA, 0xCE}
BARE = {0x01, *range(0xD0, 0xD9)}


class NotAnImageError(MoodpiError):
    """The bytes are no picture of a known kind."""


class TooManyPixelsError(MoodpiError):
    """The header says more pixels than are decoded."""


class UndecodableError(MoodpiError):
    """A picture by its header, of which the pixels cannot be had."""


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Decode a photo to uint8 [h, w], grey 0..255, turned upright as its EXIF orientation says.

    16-bit, alpha, CMYK and palette images are converted. WebP is turned only by OpenCV 4.12 and
    later. Peak memory stays below 400 MB. Raises MoodpiError when the file is absent, no image, or
    above 120 megapixels (80 for WebP, 48 for progressive JPEG).
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MoodpiError(f"{path} is not a file: expected {FORMATS}")
        with path.open("rb") as stream:
            return _checked_and_decoded(str(path), stream, MOST_PIXELS)
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}") from error
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error


def decode_photo(content: bytes, name: str, max_pixels: int = MOST_PIXELS) -> NDArray[np.uint8]:
    """The same for a photo that is in memory, where it stays; `name` is for messages."""
    with os.fdopen(os.memfd_create("photo"), "w+b") as stream:
        stream.write(content)
        stream.flush()
        return _checked_and_decoded(name, stream, max_pixels)


def _checked_and_decoded(name: str, stream: BinaryIO, max_pixels: int) -> NDArray[np.uint8]:
    _check_size(name, stream, max_pixels)
    return _decode(name, stream)


def _check_size(name: str, stream: BinaryIO, max_pixels: int) -> None:
    stream.seek(0)
    try:
        width, height = imagesize.get(stream)
    except Exception as error:  # imagesize raises whatever a broken header provokes
        raise NotAnImageError(f"{name} is no image: expected {FORMATS}") from error
    if width < 1 or height < 1:
        raise NotAnImageError(f"{name} is no image: expected {FORMATS}")
    most = min(max_pixels, _most_pixels(stream))
    if width * height > most:
        raise TooManyPixelsError(
            f"{name} has {width} x {height} pixels ({width * height / 1e6:.0f} megapixels), "
            f"expected at most {most / 1e6:.0f}: make it smaller"
        )


def _most_pixels(stream: BinaryIO) -> int:
    """How large an image may be, by its content: names lie."""
    stream.seek(0)
    head = stream.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return MAX_PIXELS_WEBP
    return MAX_PIXELS_PROGRESSIVE_JPEG if _is_progressive_jpeg(stream) else MOST_PIXELS


def _is_progressive_jpeg(stream: BinaryIO) -> bool:
    stream.seek(0)
    if stream.read(2) != b"\xff\xd8":
        return False
    while byte := stream.read(1):
        if byte != b"\xff":
            continue
        marker = (stream.read(1) or b"\0")[0]
        if marker in FRAMES:
            return marker in PROGRESSIVE_FRAMES
        if marker not in BARE and 0 < marker < 0xFF:
            stream.seek(max(0, int.from_bytes(stream.read(2), "big") - 2), 1)
    return False


def _decode(name: str, stream: BinaryIO) -> NDArray[np.uint8]:
    stream.seek(0)
    try:
        # By descriptor: OpenCV takes no name that is not UTF-8, and crashes on some.
        with silenced_stderr():
            grey = cv2.imread(f"/dev/fd/{stream.fileno()}", cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise UndecodableError(f"{name} cannot be decoded: {error.err}") from error
    if grey is None:
        raise UndecodableError(
            f"{name} cannot be decoded: save it as {FORMATS}, 8 or 16 bits a channel"
        )
    return grey  # type: ignore[return-value]  # IMREAD_GRAYSCALE always gives uint8
