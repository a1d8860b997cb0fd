"""WebPs that are animations, whose sizes contradict each other, or that are truncated."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from PIL import Image

ANIMATION, ALPHA = 2, 16


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    image = _image(16, 16, lossless=False)
    lossless = _image(16, 16, lossless=True)
    # The header of a key frame that the demuxer accepts, and no data.
    headless = chunk(b"VP8 ", b"\x30\x01\x00\x9d\x01\x2a\x10\0\x10\0" + b"\xff" * 20)
    for side in (64, 6320, 8890):
        for name, pixels in (("broken", headless), ("still", image), ("lossless", lossless)):
            frames = animation_frame(pixels) * 3
            yield (
                f"an animation of {side} pixels, {name}",
                riff(extended(side, side, ANIMATION), chunk(b"ANIM", bytes(6)), frames),
            )
            yield (
                f"a hidden animation of {side} pixels, {name}",
                riff(extended(side, side), frames, pixels),
            )
            yield f"a canvas of {side} pixels, {name}", riff(extended(side, side), pixels)
    yield "two images", riff(extended(16, 16), image, image)
    yield "two kinds of image", riff(extended(16, 16), image, lossless)
    yield "a simple file with two images", riff(image, _image(4000, 4000, lossless=True))
    yield "no image", riff(extended(16, 16), chunk(b"EXIF", bytes(16)))
    yield "a header after the image", riff(image, extended(16, 16))
    yield "a header only", riff(extended(16, 16))
    yield "RIFF longer than the file", riff(image)[:4] + b"\xf0\xff\xff\xff" + riff(image)[8:]
    yield "RIFF shorter than its chunk", riff(image)[:4] + b"\x14\0\0\0" + riff(image)[8:]
    yield "a chunk longer than the file", riff(b"VP8 \xf0\xff\xff\xff" + image[8:])
    yield "a million empty chunks", riff(extended(16, 16), chunk(b"JUNK", b"") * 1_000_000, image)
    yield "alpha without an image", riff(extended(16, 16, ALPHA), chunk(b"ALPH", bytes(300)))
    yield "alpha that is truncated", riff(extended(16, 16, ALPHA), chunk(b"ALPH", b"\1/"), image)
    yield "16383 by 16383, lossless", riff(chunk(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(99)))
    yield (
        "8000 by 8000, lossless, of zeros",
        riff(chunk(b"VP8L", b"\x2f" + struct.pack("<I", 7999 | 7999 << 14) + bytes(99))),
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk, padded to an even length."""
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    """The file of the chunks."""
    body = b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def extended(width: int, height: int, flags: int = 0) -> bytes:
    """The chunk VP8X."""
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + _three_bytes(width - 1, height - 1))


def animation_frame(pixels: bytes) -> bytes:
    """The chunk ANMF of a frame of 16 x 16 pixels."""
    return chunk(b"ANMF", _three_bytes(0, 0, 15, 15, 100) + b"\0" + pixels)


def _three_bytes(*values: int) -> bytes:
    return b"".join(struct.pack("<I", value)[:3] for value in values)


def _image(width: int, height: int, *, lossless: bool) -> bytes:
    """The chunk of a valid image."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, "WEBP", lossless=lossless)
    return stream.getvalue()[12:]
