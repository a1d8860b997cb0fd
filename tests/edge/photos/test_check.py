"""Honest pictures pass the check, hostile ones are refused, and both quickly."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from edge.photos.check import check_photo
from moodpi.errors import MoodpiError
from tests.edge.photos.bombs import MODULES
from tests.edge.photos.bombs.jpeg import black_jpeg, frame, hidden, progressive
from tests.edge.photos.bombs.png import chunk, png
from tests.edge.photos.bombs.tiff import tiff
from tests.edge.photos.bombs.webp import extended, riff
from tests.edge.photos.mutations import corpus, encoded, mutations
from tests.raising import raises

OTHER_FORMATS = (".jp2", ".ppm", ".hdr")
MAX_PIXELS = 40_000_000
SEED = 16
OUTCOMES = {"passed", "not_an_image", "too_many_pixels", "undecodable", "heic"}
# OpenCV reads the first frame of an animation, and formats other than the five.
NOT_ACCEPTED = {"APNG", "WebP, animated", *(f"OpenCV, {suffix} []" for suffix in OTHER_FORMATS)}


def outcome(content: bytes) -> str:
    """The code of the error, or passed."""
    try:
        check_photo(content, "a photo", MAX_PIXELS)
    except MoodpiError as error:
        return error.code
    return "passed"


def honest(portrait: Path) -> Iterator[tuple[str, bytes]]:
    """Pictures of sizes that are no multiples of a block or a strip, with many options."""
    photo = Image.open(portrait).convert("RGB")
    options: dict[str, list[dict[str, Any]]] = {
        "JPEG": [
            {"quality": quality, "subsampling": sampling, "progressive": is_progressive}
            for quality in (1, 95)
            for sampling in (0, 1, 2)
            for is_progressive in (False, True)
        ],
        "PNG": [{"compress_level": 0}, {"optimize": True}, {"icc_profile": bytes(200_000)}],
        "WEBP": [{"lossless": True}, {"method": 0}, {"exact": True}, {"xmp": b"<x/>"}],
        "BMP": [{}],
        "TIFF": [
            {"compression": compression, "strip_size": size}
            for compression in (None, "tiff_lzw", "tiff_deflate", "packbits", "jpeg")
            for size in (100, 8192)
        ],
    }
    for width, height in ((1, 1), (3, 5), (65, 63), (7, 100)):
        for mode in ("L", "RGB", "RGBA", "CMYK"):
            image = photo.resize((width, height)).convert(mode)
            for kind, choices in options.items():
                for choice in choices:
                    try:
                        content = encoded(image, kind, **choice)
                    except OSError:  # the format has no such mode
                        continue
                    yield f"{kind} {width} x {height} {mode} {choice}", content


def test_every_picture_that_opencv_decodes_passes_with_its_size(portrait: Path) -> None:
    pictures = [*honest(portrait), *corpus(portrait)]
    assert len(pictures) > 300
    for name, content in pictures:
        grey = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
        if grey is None or name in NOT_ACCEPTED:
            continue
        header = check_photo(content, name, MAX_PIXELS)
        assert sorted((header.width, header.height)) == sorted(grey.shape), name
        assert header.complete, name


def test_what_phones_append_is_not_read(portrait: Path) -> None:
    photo = portrait.read_bytes()
    for appended in (photo, bytes(1000), b"\0\0\0\x18ftypmp42" + bytes(1000)):
        assert check_photo(photo + appended, "a photo", MAX_PIXELS).complete


def test_a_jpeg_without_its_end_is_incomplete(portrait: Path) -> None:
    photo = portrait.read_bytes()
    assert not check_photo(photo[: len(photo) // 2], "a photo", MAX_PIXELS).complete
    whole = encoded(Image.open(portrait), "JPEG", progressive=True)
    assert check_photo(whole, "a photo", MAX_PIXELS).complete
    assert not check_photo(whole[: len(whole) // 2], "a photo", MAX_PIXELS).complete


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF"])
def test_other_formats_are_refused_if_they_are_truncated(portrait: Path, kind: str) -> None:
    whole = encoded(Image.open(portrait).resize((64, 64)), kind)
    for length in (len(whole) - 20, len(whole) // 2, 60):
        with raises("undecodable") as error:
            check_photo(whole[:length], "a photo", MAX_PIXELS)
        assert "a photo cannot be decoded: " in str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (hidden(black_jpeg(1100, 1090)), "no segment at byte"),
        (progressive(64, 64, 101), "more than 100 scans"),
        (black_jpeg(64, 64).replace(b"\xff\xc4", frame(0xC0, 8000, 8000) + b"\xff\xc4"), "frames"),
        (black_jpeg(64, 64).replace(b"\xff\xc0", b"\xff\xc9"), "a segment C9"),
        (png(64, 64, chunk(b"acTL", bytes(8))), "animation"),
        (png(64, 64)[:-12] + b"\xff\xff\xff\xf0IEND", "a chunk has 4294967280 bytes"),
        (png(64, 64, png(64, 64)[8:33]), "unknown chunk"),
        (riff(extended(64, 64, 2)), "animation"),
        (tiff(64, 64, repeated=((256, 9),)), "tag 256 is repeated"),
        (tiff(64, 64, tile=(16_384, 16_384)), "far larger than the picture"),
        (tiff(64, 64, rows=1, data=bytes(64)), "overlap"),
        (tiff(64, 64, compression=7, data=black_jpeg(6000, 6000)), "larger than its strips"),
    ],
)
def test_the_reason_is_stated(content: bytes, reason: str) -> None:
    with raises("undecodable") as error:
        check_photo(content, "a photo", MAX_PIXELS)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_an_image"),
        (b"GIF89a" + bytes(300), "not_an_image"),
        (b"P5 64 64 255\n" + bytes(4096), "not_an_image"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(300), "not_an_image"),
        (b"\0\0\0\x18ftypavif" + bytes(300), "heic"),
        (b"\0\0\0\x1cftypMA1B\0\0\0\0xxxxavif" + bytes(300), "heic"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "not_an_image"),
        (png(9000, 5000), "too_many_pixels"),
        (png(70_000, 1), "too_many_pixels"),
        (black_jpeg(6300, 6300, 4, is_split=True), "too_many_pixels"),
        (tiff(6320, 6320, 4, data=b""), "too_many_pixels"),
        (png(0, 64), "undecodable"),
    ],
)
def test_every_error_has_its_code(content: bytes, code: str) -> None:
    with raises(code):
        check_photo(content, "a photo", MAX_PIXELS)


def test_the_memory_of_each_format_is_estimated(portrait: Path) -> None:
    photo = Image.open(portrait).convert("RGB").resize((640, 480))
    pixels = 640 * 480
    for kind, options, minimum, maximum in (
        ("JPEG", {}, 2, 2.1),
        ("JPEG", {"progressive": True, "subsampling": 0}, 7, 7.2),
        ("PNG", {}, 2, 2.1),
        ("WEBP", {}, 4, 4.1),
        ("WEBP", {"lossless": True}, 8, 8.1),
        ("BMP", {}, 2, 2.1),
        ("TIFF", {"strip_size": 2**30}, 8, 8.1),
    ):
        header = check_photo(encoded(photo, kind, **options), kind, MAX_PIXELS)
        assert minimum * pixels <= header.decoding_bytes <= maximum * pixels, kind


@pytest.mark.parametrize("kind", MODULES)
def test_the_check_of_a_bomb_costs_little_and_raises_only_its_errors(kind: str) -> None:
    for name, content in MODULES[kind].bombs():
        started = time.process_time()
        assert outcome(content) in OUTCOMES, name
        assert time.process_time() - started < 0.5, name


def test_twenty_thousand_mutations_raise_only_errors_of_photos(
    portrait: Path, tmp_path: Path
) -> None:
    outcomes = set()
    for name, content in mutations(portrait, SEED, 20_000):
        try:
            outcomes.add(outcome(content))
        except BaseException:
            (tmp_path / "failed.bin").write_bytes(content)
            print(f"{name}: {tmp_path / 'failed.bin'}")
            raise
    assert outcomes == OUTCOMES - {"heic"}


def test_noise_behind_each_signature_raises_only_errors_of_photos() -> None:
    generator = random.Random(SEED)
    signatures = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"BM", b"II*\0", b"MM\0*")
    for number in range(2000):
        noise = generator.randbytes(generator.randrange(300))
        content = generator.choice((*signatures, b"RIFF\xff\xff\0\0WEBP")) + noise
        assert outcome(content) in OUTCOMES, number


def executed_lines(photo: bytes) -> int:
    """The number of lines of Python that the check of a photo executes, calls and returns too."""
    count = 0

    def trace(_frame: object, _event: str, _argument: object) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        check_photo(photo, "a photo", MAX_PIXELS)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("is_progressive", [False, True])
def test_a_large_photo_is_checked_in_as_few_steps_as_a_small_one(is_progressive: bool) -> None:
    def photo(height: int, width: int) -> bytes:
        noise = np.random.default_rng(SEED).integers(0, 256, (height, width, 3), np.uint8)
        picture = Image.fromarray(noise)
        return encoded(picture, "JPEG", quality=97, progressive=is_progressive)

    large = photo(1500, 2000)
    assert len(large) > 3_000_000
    assert executed_lines(large) <= executed_lines(photo(15, 20)) + 10


def test_the_name_is_in_the_message() -> None:
    with raises("undecodable") as error:
        check_photo(b"BM" + bytes(10), "holiday/1.bmp", MAX_PIXELS)
    assert str(error.value).startswith("holiday/1.bmp cannot be decoded: it is truncated")
