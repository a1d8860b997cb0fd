"""Decoding of photos to grey pictures. A photo is checked before any pixel is decoded."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.photos.check import check_photo
from edge.photos.errors import FORMATS, UndecodableError
from moodpi.errors import MoodpiError
from moodpi.stderr import silenced_stderr

MAX_PIXELS = 120_000_000


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Decode a photo to uint8 [h, w], grey 0..255, rotated according to its EXIF orientation.

    16-bit, alpha, CMYK and palette images are converted. WebP is rotated only by OpenCV 4.12 and
    later. Peak memory stays below 400 MB. Raises MoodpiError if the file does not exist, is not an
    image, has more than 120 megapixels, or needs more memory than check_photo accepts.
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
    stream.seek(0)
    check_photo(stream.read(), name, max_pixels)
    return _decode(name, stream)


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
