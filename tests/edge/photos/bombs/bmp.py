"""BMPs whose header promises more than their file holds."""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAX_SIGNED, MIN_SIGNED = 2**31 - 1, -(2**31)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    for width, height in (
        (MAX_SIGNED, 1),
        (1, MAX_SIGNED),
        (1, MIN_SIGNED),
        (-64, 64),
        (65_536, 65_536),
        (0, 64),
        (64, 0),
    ):
        yield f"{width} by {height}", bmp(width, height)
    yield from _run_lengths()
    yield "40 megapixels without data", bmp(6300, 6300, pixels=bytes(100))
    for colours in (257, 2**16, MAX_SIGNED, 2**32 - 1):
        yield f"a palette of {colours}", bmp(64, 64, bits=8, colours=colours, pixels=bytes(4096))
    for start in (0, 2, 2**31 - 1, 2**32 - 1):
        yield f"pixels at byte {start}", bmp(64, 64, start=start, pixels=bytes(64 * 64 * 3))
    for size in (0, 12, 36, 2**31 - 1, 2**32 - 1):
        yield f"a header of {size} bytes", bmp(64, 64, size=size, pixels=bytes(64 * 64 * 3))
    for compression in (4, 5, 6, 2**32 - 1):
        yield f"compression {compression}", bmp(64, 64, compression=compression)
    for bits in (0, 2, 7, 64, 65_535):
        yield f"{bits} bits", bmp(64, 64, bits=bits)


def _run_lengths() -> Iterator[tuple[str, bytes]]:
    for compression in (1, 2):
        bits = 8 // compression
        for side in (64, 6300, 10_900):
            for name, pixels in (
                ("no data", b""),
                ("an end", b"\0\1"),
                ("jumps", b"\0\2\xff\xff" * 10_000),
                ("runs", b"\xff\x01" * 10_000),
                ("runs and ends of lines", b"\xff\x01\0\0" * 100_000),
                ("literals", (b"\0\xff" + bytes(256)) * 100),
                ("ends of lines", b"\0\0" * 1_000_000),
            ):
                yield (
                    f"RLE{bits}, {side} pixels, {name}",
                    bmp(side, side, bits=bits, compression=compression, pixels=pixels),
                )


def bmp(
    width: int,
    height: int,
    *,
    bits: int = 24,
    compression: int = 0,
    colours: int = 0,
    size: int = 40,
    start: int | None = None,
    pixels: bytes = bytes(300),
) -> bytes:
    """A BMP with a palette of grey, and any numbers in its header."""
    palette = bytes(1024) if bits <= 8 else b""
    first = 54 + len(palette) if start is None else start
    sizes = struct.pack(
        "<IiiHHIIiiII", size, width, height, 1, bits, compression, 0, 0, 0, colours, 0
    )
    total = 54 + len(palette) + len(pixels)
    return b"BM" + struct.pack("<IHHI", total, 0, 0, first) + sizes + palette + pixels
