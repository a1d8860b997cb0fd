"""What the child process adds to the decoding of an honest photo, and how long it takes to start.

python -m tests.benchmarks.photo_decoding
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import UPLOAD_LIMITS

PHOTO = Path(__file__).resolve().parents[1] / "data" / "eileen_collins.jpg"
SIZES = ((640, 480), (4000, 3000))
ROUNDS = 40
STARTS = 10
NOISE = 8


def measure() -> Iterator[str]:
    """Rows: p50 of a photo of each size both ways, and of the start of the process."""
    with PhotoDecoder(UPLOAD_LIMITS) as decoder:
        for width, height in SIZES:
            yield _side_by_side(_photo(width, height), decoder, f"{width}x{height}")
    yield _start()


def _photo(width: int, height: int) -> bytes:
    """A JPEG of the portrait with the noise of a camera."""
    image = cv2.resize(cv2.imread(str(PHOTO)), (width, height), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).integers(-NOISE, NOISE, image.shape)
    noisy = np.clip(image + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def _side_by_side(photo: bytes, decoder: PhotoDecoder, size: str) -> str:
    ways: dict[str, Callable[[], object]] = {
        "in process": lambda: _decode_in_process(photo),
        "in the child": lambda: decoder.decode(photo, decoder.check(photo, size), size),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - begun)
    alone, child = (statistics.median(times) * 1e3 for times in taken.values())
    pairs = zip(*taken.values(), strict=True)
    more = statistics.median(second - first for first, second in pairs) * 1e3
    return (
        f"decoding of {size} ({len(photo) / 1e6:.1f} MB): p50 {alone:.1f} ms in process, "
        f"{child:.1f} ms in the child, {more:+.1f} ms"
    )


def _decode_in_process(photo: bytes) -> object:
    """As moodpi 0.1.0 decoded: a file in memory, which OpenCV opens by its descriptor."""
    with os.fdopen(os.memfd_create("photo"), "w+b") as stream:
        stream.write(photo)
        stream.flush()
        return cv2.imread(f"/dev/fd/{stream.fileno()}", cv2.IMREAD_GRAYSCALE)


def _start() -> str:
    photo = PHOTO.read_bytes()
    times = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        with PhotoDecoder(UPLOAD_LIMITS) as decoder:
            decoder.decode(photo, decoder.check(photo, "portrait"), "portrait")
        times.append(time.perf_counter() - begun)
    return f"start of the child, a photo, end: p50 {statistics.median(times) * 1e3:.0f} ms"


if __name__ == "__main__":
    for row in measure():
        print(row, flush=True)
