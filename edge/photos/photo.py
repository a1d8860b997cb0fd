"""Reads photos from files."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.photos.decoder import PhotoDecoder
from edge.photos.errors import FORMATS
from moodpi.errors import MoodpiError


def read_photo(path: Path, decoder: PhotoDecoder) -> NDArray[np.uint8]:
    """Decode a file to uint8 [h, w], grey 0..255.

    Raises the errors of PhotoDecoder, and MoodpiError for a path that is no readable file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise MoodpiError(f"{path} is not a file: expected {FORMATS}", code="not_a_file")
        with path.open("rb") as stream:
            content = stream.read(decoder.limits.max_bytes + 1)
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}", code="no_such_file") from error
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise MoodpiError(message, code="unreadable_file") from error
    header = decoder.check(content, str(path))
    return decoder.decode(content, header, str(path))
