"""JPEGs are cut out of any stream: none is lost without being counted."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import cache

import cv2
import numpy as np
import pytest

from edge.photos.check import check_photo
from edge.photos.errors import NotAnImageError, TooManyPixelsError, UndecodableError
from edge.sources.http.jpeg_splitter import MAX_HEADER_BYTES, MAX_JPEG_BYTES, START, JpegSplitter

hypothesis = pytest.importorskip("hypothesis", reason="needs moodpi[dev]")
st = pytest.importorskip("hypothesis.strategies", reason="needs moodpi[dev]")

fast = hypothesis.settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    # To make a failing stream smaller takes minutes.
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


@cache
def jpeg(seed: int, *, progressive: bool = False) -> bytes:
    """A picture of noise, larger than the headers of a part."""
    noise = np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8)
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    content = cv2.imencode(".jpg", noise, options)[1].tobytes()
    assert len(content) > MAX_HEADER_BYTES
    return content


def with_thumbnail(content: bytes) -> bytes:
    """The JPEG with another one in its EXIF data, as cameras store thumbnails."""
    thumbnail = b"Exif\0\0" + cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))[1].tobytes()
    return (
        content[:2]
        + b"\xff\xe1"
        + (len(thumbnail) + 2).to_bytes(2, "big")
        + thumbnail
        + content[2:]
    )


def split(stream: bytes, sizes: list[int]) -> tuple[list[bytes], int]:
    """The JPEGs of a stream that comes in pieces of these sizes, and the number of damaged ones."""
    splitter = JpegSplitter()
    found: list[bytes] = []
    at = 0
    while at < len(stream):
        size = sizes[at % len(sizes)]
        found += splitter.feed(stream[at : at + size])
        at += size
    splitter.finish()
    return found, splitter.damaged


PICTURES = [jpeg(1), jpeg(2, progressive=True), with_thumbnail(jpeg(3))]
SIZES = st.lists(st.integers(20, 5000), min_size=1, max_size=8)
PARTS = st.lists(
    st.tuples(
        st.binary(max_size=200).filter(lambda b: b"\xff" not in b), st.sampled_from(PICTURES)
    ),
    max_size=6,
)


@fast
@hypothesis.given(parts=PARTS, sizes=SIZES)
def test_every_picture_is_found_among_any_bytes(parts, sizes):
    stream = b"".join(header + picture for header, picture in parts)
    found, damaged = split(stream, sizes)
    assert found == [picture for _, picture in parts]
    assert damaged == 0


@fast
@hypothesis.given(
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=4)), max_size=6),
    cut=st.integers(0, 3000),
    sizes=SIZES,
)
@hypothesis.example(changes=[(3656, b"")], cut=687, sizes=[5000])
def test_a_damaged_picture_is_counted(changes, cut, sizes):
    stream = bytearray()
    for picture in PICTURES * 2:
        stream += b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + picture + b"\r\n"
    for at, content in changes:
        stream[at : at + len(content)] = content
    if changes:
        del stream[changes[0][0] : changes[0][0] + cut]
    found, damaged = split(bytes(stream), sizes)
    intact = sum(bytes(stream).count(picture) for picture in PICTURES)
    assert len(found) + damaged >= intact
    if len(found) < len(PICTURES) * 2 and cut < MAX_HEADER_BYTES:
        # Without the bytes between them, two pictures are one.
        assert damaged > 0 or not set(found) <= set(PICTURES)
    for picture in found:
        assert picture.startswith(START)
        # A damaged picture is counted where it is decoded.
        with suppress(NotAnImageError, UndecodableError, TooManyPixelsError):
            check_photo(picture, "it", 4096**2)


@pytest.mark.parametrize(
    "unit",
    [
        START,
        b"\xff\xd8\xff\xe0\0\4",
        b"\xff\xd8" + b"\xff" * 50_000,
        b"\xff\xd8" + b"\xff\xe0\0\2" * 1000,
        b"\xff\xd8\xff\xda\0\2" + b"a" * 50_000,
        b"\xff\xd8\xff\xda\0\2",
        b"no picture ",
    ],
)
def test_hostile_bytes_take_linear_time(unit):
    splitter = JpegSplitter()
    block = (unit * (65_536 // len(unit) + 1))[:65_536]
    before = time.process_time()
    for _ in range(20):
        assert list(splitter.feed(block)) == []
    splitter.finish()
    assert splitter.damaged > 0
    # A quadratic search takes hours.
    assert time.process_time() - before < 60


def test_a_picture_that_is_too_large_is_skipped_and_the_next_one_is_found():
    endless = START + b"\xe0\0\2\xff\xda\0\2" + bytes(MAX_JPEG_BYTES)
    found, damaged = split(endless + jpeg(1), [65_536])
    assert (found, damaged) == ([jpeg(1)], 1)
