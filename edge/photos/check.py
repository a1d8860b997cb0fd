"""The check of a photo by its content, in front of the decoder: format, size and structure.

A photo passes if it is one of the five formats, or HEIC if its decoder is installed, is not larger
than the limits, and has a structure that the decoder reads in the same way. No pixel is decoded.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from edge.photos.errors import (
    FORMATS,
    HeifError,
    NotAnImageError,
    TooManyPixelsError,
    UndecodableError,
)
from edge.photos.formats import WALKERS, HeifWalker, StructureError
from edge.photos.header import PhotoHeader
from moodpi.requirements import how_to_install

# The memory for decoding, which keeps a process below 400 MB.
MAX_DECODING_BYTES = 320_000_000
# The optional decoder of HEIC.
HEIF_PACKAGE = "pillow_heif"
# The longest side that JPEG can store.
MAX_SIDE = 65_535


def check_photo(
    content: bytes, name: str, max_pixels: int, max_bytes: int = MAX_DECODING_BYTES
) -> PhotoHeader:
    """The header of a photo that can be decoded.

    name: what error messages call the photo. max_bytes: the limit of its decoding_bytes. Raises
    NotAnImageError, HeifError, TooManyPixelsError or UndecodableError, and nothing else.
    """
    for walker_class in WALKERS:
        if walker_class.recognizes(content):
            break
    else:
        raise NotAnImageError(f"{name} is not an image: expected {FORMATS}")
    walker = walker_class(content)
    if isinstance(walker, HeifWalker):
        _check_support(walker, name)
    try:
        header = walker.read_header()
        _check_size(header, name, max_pixels, max_bytes)
        return replace(header, complete=walker.check_body())
    except StructureError as error:
        raise UndecodableError(f"{name} cannot be decoded: {error}") from error


def _check_support(walker: HeifWalker, name: str) -> None:
    if walker.is_avif:
        raise HeifError(name)
    if find_spec(HEIF_PACKAGE) is None:
        raise HeifError(name, how_to_install("moodpi[heif]"))


def _check_size(header: PhotoHeader, name: str, max_pixels: int, max_bytes: int) -> None:
    if not header.pixels:
        raise StructureError("it has no pixels")
    limit = min(max_pixels, max_bytes * header.pixels // header.decoding_bytes)
    size = f"{name} has {header.width} x {header.height} pixels"
    if header.pixels > limit:
        raise TooManyPixelsError(
            f"{size} ({header.pixels / 1e6:.0f} megapixels), expected at most {limit / 1e6:.0f}: "
            "make it smaller"
        )
    if max(header.width, header.height) > MAX_SIDE:
        raise TooManyPixelsError(f"{size}, expected at most {MAX_SIDE} a side: make it smaller")
