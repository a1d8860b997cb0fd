"""Valid pictures of every format, and random damage to them."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.edge.photos.bombs.bmp import bmp

SIDE = 160
MAX_DAMAGES = (1, 1, 2, 3, 8, 30)
# The first bytes hold the structure and are hit more often.
PREFIXES = (32, 64, 256, 2000, 10**9)
BYTES = (0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0x40, 0xD8, 0xD9, 0xDA)
NUMBERS = (0, 1, 2, 0x7F, 0xFF, 0x4000, 0x7FFF, 0xFFFF, 0x10000, 2**31 - 1, 2**31, 2**32 - 1)

PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
TIFF_MODES = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "F")
TIFF_COMPRESSIONS = (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4")


def corpus(portrait: Path) -> list[tuple[str, bytes]]:
    """Names, and the contents that Pillow and OpenCV make of a photo of a face."""
    photo = Image.open(portrait).convert("RGB").crop((74, 0, 394, 320)).resize((SIDE, SIDE))
    found = [*_jpegs(photo), *_pngs(photo), *_webps(photo), *_bmps(photo), *_tiffs(photo)]
    return [*found, *_opencv(np.asarray(photo)), ("BMP, RLE8", run_length_bmp(photo))]


def mutated(generator: random.Random, content: bytes, others: bytes) -> bytes:
    """The content with one to 30 damages. others: another file, parts of which are inserted."""
    damaged = bytearray(content)
    for _ in range(generator.choice(MAX_DAMAGES)):
        if not damaged:
            break
        at = generator.randrange(min(len(damaged), generator.choice(PREFIXES)))
        _damage(generator, damaged, at, others)
    return bytes(damaged)


def _damage(generator: random.Random, content: bytearray, at: int, others: bytes) -> None:
    damage = generator.choice(DAMAGES)
    damage(generator, content, at, others)


def _flip_bit(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    content[at] ^= 1 << generator.randrange(8)


def _set_byte(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    content[at] = generator.choice(BYTES)


def _add_noise(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    length = generator.randrange(1, 9)
    content[at : at + length] = generator.randbytes(length)


def _delete(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    del content[at : at + generator.choice([1, 2, 4, 16, 300])]


def _insert(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    content[at:at] = bytes(generator.choices(BYTES, k=generator.choice([1, 2, 4, 64])))


def _set_long(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    content[at : at + 4] = struct.pack(generator.choice("<>") + "I", generator.choice(NUMBERS))


def _set_short(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    number = generator.choice(NUMBERS) & 0xFFFF
    content[at : at + 2] = struct.pack(generator.choice("<>") + "H", number)


def _repeat_part(generator: random.Random, content: bytearray, at: int, _: bytes) -> None:
    source, length = generator.randrange(len(content)), generator.randrange(1, 200)
    content[at : at + length] = content[source : source + length]


def _splice(generator: random.Random, content: bytearray, at: int, others: bytes) -> None:
    source, length = generator.randrange(len(others)), generator.randrange(1, 400)
    content[at:at] = others[source : source + length]


def _truncate(generator: random.Random, content: bytearray, _at: int, _: bytes) -> None:
    if generator.random() < 0.2:
        del content[generator.randrange(len(content)) :]


DAMAGES = (
    _flip_bit,
    _set_byte,
    _add_noise,
    _delete,
    _insert,
    _set_long,
    _set_short,
    _repeat_part,
    _splice,
    _truncate,
)


def mutations(portrait: Path, seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Names with the seed and the number of each, and damaged contents."""
    pictures = corpus(portrait)
    for number in range(count):
        generator = random.Random(f"{seed}-{number}")
        name, content = generator.choice(pictures)
        _, others = generator.choice(pictures)
        yield f"seed {seed}, number {number}, {name}", mutated(generator, content, others)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The content that Pillow writes."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def run_length_bmp(photo: Image.Image) -> bytes:
    """A BMP with run lengths of grey."""
    rows = np.asarray(photo.convert("L"))[::-1] & 0xF0
    packed = bytearray()
    for row in rows:
        starts = np.flatnonzero(np.diff(row, prepend=row[0] ^ 255))
        for start, end in zip(starts, [*starts[1:], len(row)], strict=True):
            packed += bytes([end - start, row[start]])
        packed += b"\0\0"
    return bmp(SIDE, SIDE, bits=8, compression=1, pixels=bytes(packed) + b"\0\1")


def _jpegs(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A camera"
    for mode in ("L", "RGB", "CMYK"):
        for progressive in (False, True):
            content = encoded(photo.convert(mode), "JPEG", progressive=progressive, exif=exif)
            yield f"JPEG, {mode}, progressive {progressive}", content
    yield "JPEG, restarts", encoded(photo, "JPEG", restart_marker_rows=1, subsampling=0)
    pages = [photo.rotate(9), photo.resize((32, 32))]
    yield "MPO", encoded(photo, "MPO", save_all=True, append_images=pages)


def _pngs(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for mode in PNG_MODES:
        yield f"PNG, {mode}", encoded(_converted(photo, mode), "PNG")
    yield "APNG", encoded(photo, "PNG", save_all=True, append_images=[photo.rotate(9)])


def _webps(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for mode in ("RGB", "RGBA"):
        image = photo.convert(mode)
        if mode == "RGBA":
            image.putalpha(photo.convert("L"))
        yield f"WebP, {mode}", encoded(image, "WEBP")
        yield f"WebP, {mode}, lossless", encoded(image, "WEBP", lossless=True)
    yield "WebP, EXIF", encoded(photo, "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    yield "WebP, animated", encoded(photo, "WEBP", save_all=True, append_images=[photo.rotate(9)])


def _bmps(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield f"BMP, {mode}", encoded(photo.convert(mode), "BMP")


def _tiffs(photo: Image.Image) -> Iterator[tuple[str, bytes]]:
    for mode in TIFF_MODES:
        yield f"TIFF, {mode}", encoded(_converted(photo, mode), "TIFF")
    for compression in TIFF_COMPRESSIONS:
        image = photo.convert("1") if compression == "group4" else photo
        yield f"TIFF, {compression}", encoded(image, "TIFF", compression=compression)
        yield (
            f"TIFF, {compression}, several strips",
            encoded(image, "TIFF", compression=compression, strip_size=4096),
        )
    yield "TIFF, two pages", encoded(photo, "TIFF", save_all=True, append_images=[photo])


def _opencv(picture: np.ndarray) -> Iterator[tuple[str, bytes]]:
    deep = picture.astype(np.uint16) * 257
    for suffix, image, options in (
        (".jpg", picture, [cv2.IMWRITE_JPEG_RST_INTERVAL, 4]),
        (".png", deep, []),
        (".tiff", deep, []),
        (".tiff", picture, [cv2.IMWRITE_TIFF_ROWSPERSTRIP, 3]),
        (".tiff", picture.astype(np.float32), []),
        (".jp2", picture, []),
        (".ppm", picture, []),
        (".hdr", picture.astype(np.float32), []),
    ):
        yield f"OpenCV, {suffix} {options}", cv2.imencode(suffix, image, options)[1].tobytes()


def _converted(photo: Image.Image, mode: str) -> Image.Image:
    """The photo in a mode of Pillow; I;16 and F are made from grey."""
    return photo.convert("L").convert(mode) if mode in ("I;16", "F") else photo.convert(mode)
