"""Decoding of photos to grey pictures. The size is checked before any pixel is decoded."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import cv2
import imagesize
import numpy as np
from numpy.typing import NDArray

from edge.photos.errors import FORMATS, NotAnImageError, TooManyPixelsError, UndecodableError
from moodpi.errors import MoodpiError
from moodpi.stderr import silenced_stderr

MAX_PIXELS = 120_000_000
# These limits keep OpenCV's decoders below 400 MB, too: WebP is decoded in colour first (4 bytes a
# pixel), a progressive JPEG with all its coefficients (6 bytes a pixel).
MAX_PIXELS_WEBP = 80_000_000
MAX_PIXELS_PROGRESSIVE_JPEG = 48_000_000

# Marker codes of JPEG (ITU-T T.81, table B.1): start of frame, start of a progressive frame, and
# markers without a length field.
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_PROGRESSIVE_FRAME = {0xC2, 0xC6, 0xCA, 0xCE}
STANDALONE = {0x01, *range(0xD0, 0xD9)}


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Decode a photo to uint8 [h, w], grey 0..255, rotated according to its EXIF orientation.

    16-bit, alpha, CMYK and palette images are converted. WebP is rotated only by OpenCV 4.12 and
    later. Peak memory stays below 400 MB. Raises MoodpiError if the file does not exist, is not an
    image, or has more than 120 megapixels (80 for WebP, 48 for progressive JPEG).
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MoodpiError(f"{path} is not a file: expected {FORMATS}", code="not_a_file")
        with path.open("rb") as stream:
            return _check_and_decode(str(path), stream, MAX_PIXELS)
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}", code="no_such_file") from error
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise MoodpiError(message, code="unreadable_file") from error


def decode_photo(content: bytes, name: str, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode a photo in memory like read_photo, without writing it to a disk.

    name: what error messages call the photo.
    """
    with os.fdopen(os.memfd_create("photo"), "w+b") as stream:
        stream.write(content)
        stream.flush()
        return _check_and_decode(name, stream, max_pixels)


def _check_and_decode(name: str, stream: BinaryIO, max_pixels: int) -> NDArray[np.uint8]:
    _check_size(name, stream, max_pixels)
    return _decode(name, stream)


def _check_size(name: str, stream: BinaryIO, max_pixels: int) -> None:
    stream.seek(0)
    try:
        width, height = imagesize.get(stream)
    except Exception as error:  # imagesize raises exceptions of any kind for a damaged header
        raise NotAnImageError(f"{name} is not an image: expected {FORMATS}") from error
    if width < 1 or height < 1:
        raise NotAnImageError(f"{name} is not an image: expected {FORMATS}")
    limit = min(max_pixels, _pixel_limit(stream))
    if width * height > limit:
        raise TooManyPixelsError(
            f"{name} has {width} x {height} pixels ({width * height / 1e6:.0f} megapixels), "
            f"expected at most {limit / 1e6:.0f}: make it smaller"
        )


def _pixel_limit(stream: BinaryIO) -> int:
    """The limit for the image's format, which is determined from its content."""
    stream.seek(0)
    head = stream.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return MAX_PIXELS_WEBP
    return MAX_PIXELS_PROGRESSIVE_JPEG if _is_progressive_jpeg(stream) else MAX_PIXELS


def _is_progressive_jpeg(stream: BinaryIO) -> bool:
    stream.seek(0)
    if stream.read(2) != b"\xff\xd8":
        return False
    while byte := stream.read(1):
        if byte != b"\xff":
            continue
        marker = (stream.read(1) or b"\0")[0]
        if marker in START_OF_FRAME:
            return marker in START_OF_PROGRESSIVE_FRAME
        if marker not in STANDALONE and 0 < marker < 0xFF:
            stream.seek(max(0, int.from_bytes(stream.read(2), "big") - 2), 1)
    return False


def _decode(name: str, stream: BinaryIO) -> NDArray[np.uint8]:
    stream.seek(0)
    try:
        # By descriptor: OpenCV rejects names that are not UTF-8, and crashes on some.
        with silenced_stderr():
            grey = cv2.imread(f"/dev/fd/{stream.fileno()}", cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise UndecodableError(f"{name} cannot be decoded: {error.err}") from error
    if grey is None:
        raise UndecodableError(
            f"{name} cannot be decoded: save it as {FORMATS}, 8 or 16 bits a channel"
        )
    return grey  # type: ignore[return-value]  # IMREAD_GRAYSCALE always gives uint8
