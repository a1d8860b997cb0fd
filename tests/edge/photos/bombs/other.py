"""Formats that OpenCV opens, but that are not accepted, and files that are none."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    grey, colour = np.zeros((64, 64), np.uint8), np.zeros((64, 64, 3), np.uint8)
    for suffix, picture in (
        (".jp2", colour),
        (".pgm", grey),
        (".ppm", colour),
        (".pbm", grey),
        (".pam", colour),
        (".pfm", colour.astype(np.float32)),
        (".ras", colour),
        (".hdr", colour.astype(np.float32)),
    ):
        encoded, content = cv2.imencode(suffix, picture)
        if encoded:
            yield f"a picture {suffix}", content.tobytes()
    yield "a PGM of 120 megapixels", b"P5 11000 10900 255\n" + bytes(99)
    yield "a PGM of a billion pixels", b"P5 32000 32000 255\n"
    yield (
        "a PAM",
        b"P7\nWIDTH 32000\nHEIGHT 32000\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n",
    )
    yield "a PFM", b"PF\n16000 16000\n-1.0\n"
    yield "a Sun raster", b"\x59\xa6\x6a\x95" + b"\0\0\x40\0" * 2 + b"\0\0\0\x18" + bytes(16)
    yield "a Radiance picture", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 16000 +X 16000\n"
    yield "an OpenEXR picture", b"v/1\x01\x02\0\0\0" + bytes(300)
    yield "a JPEG 2000 code stream", b"\xff\x4f\xff\x51\0\x29" + bytes(300)
    yield "a GIF", b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(300)
    yield "an AVIF", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + bytes(300)
    yield "an AVIF by its second brand", b"\0\0\0\x1cftypMA1B\0\0\0\0xxxxavif" + bytes(300)
    yield "a JPEG XL", b"\xff\x0a" + bytes(300)
    yield "an icon", b"\0\0\1\0\1\0" + bytes(300)
    yield "a BigTIFF", b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + bytes(300)
    yield "nothing", b""
    yield "10 MB of zeros", bytes(10_000_000)
    yield "10 MB of FF", b"\xff" * 10_000_000
