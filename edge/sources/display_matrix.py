"""The display matrix of MP4 and MOV films (ISO/IEC 14496-12, 8.3.2): whether it mirrors.

OpenCV turns frames by the angle of the matrix. Films of front cameras can be mirrored, too.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

# The boxes of one level that are read. Films have less than ten before these.
MAX_BOXES = 100
# The matrix's position in the box `tkhd`: of version 0, and of version 1 with times of 64 bits.
MATRIX_POSITIONS = (40, 52)
# The matrix by rows (a, b, u, c, d, v, x, y, w), then the width and the height of the track.
MATRIX = struct.Struct(">9i2I")

Extent = tuple[int, int]


def is_mirrored(film: BinaryIO) -> bool:
    """Whether the matrix of the first video track mirrors; False for a film of another format."""
    size = film.seek(0, os.SEEK_END)
    for movie in _find(film, b"moov", (0, size)):
        for track in _find(film, b"trak", movie):
            for start, _ in _find(film, b"tkhd", track):
                a, b, _, c, d, *_, width, height = _read_matrix(film, start)
                if width and height:  # sound has none
                    return a * d < b * c
    return False


def _read_matrix(film: BinaryIO, start: int) -> tuple[int, ...]:
    """The matrix, the width and the height of a track; zeros at the end of the file."""
    film.seek(start)
    film.seek(start + MATRIX_POSITIONS[film.read(1) == b"\1"])
    return MATRIX.unpack(film.read(MATRIX.size).ljust(MATRIX.size, b"\0"))


def _find(film: BinaryIO, wanted: bytes, within: Extent) -> Iterator[Extent]:
    """Where the content of each box of a kind starts and ends (ISO/IEC 14496-12, 4.2)."""
    start, end = within
    for _ in range(MAX_BOXES):
        film.seek(start)
        head = film.read(16)
        size, kind, length = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:  # 64 bits
            size, length = int.from_bytes(head[8:], "big"), 16
        elif size == 0:  # the rest
            size = end - start
        if size < length or start + size > end:
            return
        if kind == wanted:
            yield start + length, start + size
        start += size
