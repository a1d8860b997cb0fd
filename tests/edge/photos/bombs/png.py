"""PNGs with a hostile structure, and those that unpack to much memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from tests.edge.photos.bombs.zeros import compressed_zeros

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1_000_000


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    for length in (2**32 - 16, 2**31 - 1, 2**31 - 16, 100_000_000):
        for kind in (b"IDAT", b"tEXt", b"PLTE", b"iCCP"):
            yield (
                f"a chunk {kind.decode()} of {length} bytes, longer than the file",
                SIGNATURE + header(64, 64) + struct.pack(">I", length) + kind + b"IEND",
            )
    text = compressed_zeros(7_900_000)
    packed = chunk(b"zTXt", b"Comment\0\0" + text)
    translated = chunk(b"iTXt", b"Comment\0\1\0en\0Comment\0" + text)
    yield "900 texts of 8 MB", png(64, 64, packed * 900)
    yield "900 translated texts of 8 MB", png(64, 64, translated * 900)
    yield "900 texts of 8 MB after the pixels", png(64, 64, after=packed * 900)
    profile = compressed_zeros(50 * MEGABYTE)
    yield "a profile of 50 MB", png(64, 64, chunk(b"iCCP", b"a\0\0" + profile))
    yield "a million empty texts", png(64, 64, chunk(b"tEXt", b"a\0") * MEGABYTE)
    yield "a million empty pixel chunks", png(64, 64, chunk(b"IDAT", b"") * MEGABYTE)
    yield "a header twice", png(64, 64, header(8000, 8000))
    yield "an animation", png(64, 64, chunk(b"acTL", struct.pack(">II", 1000, 0)))
    yield "a frame", png(64, 64, chunk(b"fcTL", bytes(26)))
    yield "an unknown critical chunk", png(64, 64, chunk(b"ABCD", b""))
    yield "no palette", png(64, 64, colour_type=3)
    yield "two palettes", png(64, 64, chunk(b"PLTE", bytes(768)) * 2, colour_type=3)
    yield "colour type 5", png(64, 64, colour_type=5)
    yield "no pixels", SIGNATURE + header(64, 64) + chunk(b"IEND", b"")
    yield "no end", png(64, 64)[:-12]
    yield (
        "40 megapixels, 16 bits, RGBA, interlaced",
        png(6320, 6320, colour_type=6, bits=16, interlaced=1, pixel_bytes=6320 * 8 * 6330),
    )
    yield "2 million by 1", png(2_000_000, 1, pixel_bytes=2_000_001)
    yield "1 by 2 million", png(1, 2_000_000, pixel_bytes=4_000_000)


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk with its length and check sum."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def header(width: int, height: int, bits: int = 8, colour_type: int = 0, lace: int = 0) -> bytes:
    """The chunk IHDR."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, lace))


def png(
    width: int,
    height: int,
    before: bytes = b"",
    after: bytes = b"",
    *,
    bits: int = 8,
    colour_type: int = 0,
    interlaced: int = 0,
    pixel_bytes: int = 65 * 64 * 4,
) -> bytes:
    """A black PNG. before and after: chunks around its pixels. pixel_bytes: compressed zeros."""
    data = compressed_zeros(pixel_bytes)
    start = SIGNATURE + header(width, height, bits, colour_type, interlaced) + before
    return start + chunk(b"IDAT", data) + after + chunk(b"IEND", b"")
