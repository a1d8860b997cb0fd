"""At least 300 invalid uploads, each with a name that describes it."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
MAGIC = {
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\xff\xff\0\0WEBPVP8 ",
    "bmp": b"BM\xff\xff\0\0\0\0\0\0",
    "tiff": b"II*\0\x08\0\0\0",
    "gif": b"GIF89a",
    "heic": b"\0\0\0\x18ftypheic",
    "avif": b"\0\0\0\x18ftypavif",
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
    "exr": b"v/1\x01",
    "hdr": b"#?RADIANCE\n",
    "pbm": b"P6 9 9 255\n",
    "psd": b"8BPS\0\x01",
    "ico": b"\0\0\x01\0\x01\0",
}
OTHER_FILES = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script/></svg>',
    "svg with an entity": b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "json": b'{"image": "no"}',
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "gzip": zlib.compress(bytes(1_000_000)),
    "sqlite": b"SQLite format 3\0" + bytes(100),
    "a path": b"/etc/passwd",
    "a url": b"https://example.org/me.jpg",
    "base64": b"data:image/jpeg;base64,/9j/4AAQSkZJRg==",
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2",
}


def bad_uploads(portrait: Path) -> Iterator[tuple[str, bytes]]:
    """All invalid uploads; random ones have a fixed seed."""
    generator = random.Random(8)
    complete = {kind: _encoded(Image.open(portrait).convert("RGB"), kind) for kind in KINDS}
    yield "nothing", b""
    yield from ((f"{n} zero bytes", bytes(n)) for n in (1, 2, 3, 100, 4096, 1_000_000, 9_999_999))
    yield from OTHER_FILES.items()
    yield from _truncated(complete, generator)
    yield from _random(generator)
    yield from _huge()
    yield from _bombs()
    yield from _polyglots(complete)
    yield from _scrambled(complete, generator)


def _truncated(complete: dict[str, bytes], generator: random.Random) -> Iterator[tuple[str, bytes]]:
    for kind, content in complete.items():
        lengths = [1, 2, 4, 8, 12, 16, 24, 33, 64, len(content) // 2, len(content) * 9 // 10]
        for length in lengths + [generator.randrange(len(content) * 19 // 20) for _ in range(9)]:
            yield f"{kind} cut at {length}", content[:length]


def _random(generator: random.Random) -> Iterator[tuple[str, bytes]]:
    for number in range(40):
        yield f"random bytes {number}", generator.randbytes(generator.randrange(1, 20_000))
    for name, magic in MAGIC.items():
        for number in range(5):
            yield f"{name}'s magic and random bytes {number}", magic + generator.randbytes(2000)


def _huge() -> Iterator[tuple[str, bytes]]:
    for width, height in (
        (8000, 5001),
        (40_001, 1000),
        (65_535, 65_535),
        (2**31 - 1, 1),
        (1, 2**31 - 1),
        (2**31 - 1, 2**31 - 1),
        (2**32 - 1, 2**32 - 1),
        (0, 100),
        (100, 0),
    ):
        yield f"PNG with header {width} x {height}", _png(width, height)
        yield f"BMP with header {width} x {height}", _bmp(width, height)
        if max(width, height) < 2**16:
            yield f"JPEG with header {width} x {height}", _jpeg(width, height)


def _bombs() -> Iterator[tuple[str, bytes]]:
    for side in (6300, 6324, 6400, 10_000, 20_000):
        yield f"a PNG of {side} black pixels squared", _encoded(Image.new("1", (side, side)), "PNG")
    yield "a WebP of 39 megapixels", _encoded(Image.new("L", (6240, 6240)), "WEBP")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("photo.jpg", bytes(50_000_000))
    yield "a zip of zeros", archive.getvalue()
    text = zlib.compress(bytes(50_000_000))
    chunk = _chunk(b"zTXt", b"Comment\0\0" + text)
    yield "a PNG with 50 MB of compressed text", _png(64, 64, chunk)
    yield (
        "a PNG with a profile that unpacks to 50 MB",
        _png(64, 64, _chunk(b"iCCP", b"a\0\0" + text)),
    )


def _polyglots(complete: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, content in OTHER_FILES.items():
        for kind in KINDS:
            yield f"{name} in front of a {kind}", content + complete[kind]
    yield "a GIF that is a script", b"GIF89a/*" + complete["JPEG"][:500] + b"*/=1;alert(1)"
    yield "a blank JPEG that is also a page", _encoded(Image.new("L", (64, 64)), "JPEG") + b"<html>"
    yield "a blank PNG that is also a zip", _png(64, 64) + b"PK\x03\x04"


def _scrambled(complete: dict[str, bytes], generator: random.Random) -> Iterator[tuple[str, bytes]]:
    """The first and last bytes of a valid file, and noise in between."""
    for kind, content in complete.items():
        for number in range(8):
            middle = bytearray(generator.randbytes(len(content)))
            middle[:32] = content[:32]
            middle[-32:] = content[-32:]
            yield f"{kind} of noise {number}", bytes(middle)


def _encoded(image: Image.Image, kind: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def _png(width: int, height: int, extra: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(65 * 64)))
    return MAGIC["png"] + header + extra + pixels + _chunk(b"IEND", b"")


def _bmp(width: int, height: int) -> bytes:
    sizes = struct.pack("<IIIHHIIIIII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 300, 0, 0, 54) + sizes + bytes(300)


def _jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHBBBB", 11, 8, height, width, 1, 1, 0x11, 0)
    scan = struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0)
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda" + scan + bytes(64) + b"\xff\xd9"
