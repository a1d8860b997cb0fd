"""How little movement tells a person who sleeps from a picture on the wall.

`python -m tests.studies.still_faces` films the bundled portrait for three minutes and a half, in
a room with another person, with faces of several sizes, the noise of good and bad cameras, JPEG
artefacts, an exposure that flickers and light that changes slowly. The face breathes: it moves up
and down by a part of a millimetre, if a face is 150 mm wide. A row shows, for each movement from
one end to the other, the root mean square of what is measured, in thousandths of the width, and in
how many films the face is taken for a picture. Last, the processor time of a measurement.
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.patch_shift import PatchReference
from edge.vision.picture_filter import STILL_TIME, PictureFilter
from edge.vision.tracker import FaceTrack
from tests.benchmarks.portrait_film import FACE, FACE_WIDTH, PORTRAIT, oval
from tests.benchmarks.scene import Camera, Grey, put, room

WIDTH, HEIGHT = 240, 180
MIDDLE = (120.3, 85.2)
# The scene is drawn larger by this factor, so that a part of a pixel is drawn as a camera sees it.
FINER = 3
# Of the face's box, in pixels; of the movement, in millimetres.
FACE_SIDES = (30, 60, 100)
MOVEMENTS = (0.0, 0.2, 0.4, 0.6)
FACE_MILLIMETRES = 150.0
# Seconds of a breath, and between two frames.
BREATH, STEP = 4.3, 1.0
SECONDS = STILL_TIME + 30
FILMS = 2


@dataclass(frozen=True)
class Conditions:
    """noise: of the sensor, in grey levels. jpeg: its quality, 0 for none. flicker: of the light,
    as a share (standard deviation).
    """

    name: str
    noise: float
    jpeg: int
    flicker: float


CONDITIONS = (
    Conditions("little noise", 2, 0, 0.01),
    Conditions("noise", 4, 0, 0.02),
    Conditions("much noise", 8, 0, 0.02),
    Conditions("noise, JPEG 80", 4, 80, 0.02),
    Conditions("noise, JPEG 40", 4, 40, 0.02),
    Conditions("no noise, JPEG 40", 0.5, 40, 0.02),
)


def main() -> None:
    """Print a row for each size and condition, then the processor time."""
    cv2.setNumThreads(1)
    for side in FACE_SIDES:
        for conditions in CONDITIONS:
            cells = []
            for movement in MOVEMENTS:
                films = [measure(side, conditions, movement, seed) for seed in range(FILMS)]
                shift = 1e3 * np.mean([rms for rms, _ in films])
                cells.append(f"{movement:.1f} mm {shift:.2f} {sum(p for _, p in films)}/{FILMS}")
            print(f"{side} pixels, {conditions.name}: {', '.join(cells)}", flush=True)
    print(f"{1e6 * _seconds_a_measurement():.0f} us of processor time a measurement")


def measure(side: int, conditions: Conditions, movement: float, seed: int) -> tuple[float, bool]:
    """The root mean square of the shifts, and whether the face is taken for a picture.

    movement: From one end to the other, in millimetres.
    """
    pictures = PictureFilter()
    box = (round(MIDDLE[0] - side / 2), round(MIDDLE[1] - side / 2), side, side)
    reference, shifts, people = None, [], []
    for time, grey in _film(side, conditions, movement, seed):
        people = pictures.people([FaceTrack(1, box, 0.0, 0.0, time)], grey, time)
        if reference is None:
            reference = PatchReference(grey, box)
        shifts.append(reference.change(grey).shift)
    return float(np.sqrt(np.var(np.array(shifts), axis=0).sum())), not people


def _film(
    side: int, conditions: Conditions, movement: float, seed: int
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    random = np.random.default_rng(seed)
    behind = room(random, WIDTH, HEIGHT)
    camera = Camera(random, WIDTH, HEIGHT, conditions.noise)
    for time in np.arange(0.0, SECONDS, STEP):
        breath = np.sin(2 * np.pi * (time / BREATH + random.normal(0, 0.02)))
        scene = _room_with_face(behind, side, movement / FACE_MILLIMETRES * side / 2 * breath)
        # Somebody else moves at the edge of the picture.
        scene[120:, : 20 + int(random.integers(0, 20))] = 60
        light = 1 + 0.1 * np.sin(time / 60) + conditions.flicker * random.normal()
        grey = camera.take(scene, light, 0.3 * np.sin(time / 90))
        yield float(time), _compressed(grey, conditions.jpeg)


@cache
def _portrait() -> tuple[Grey, Grey]:
    """The portrait and the opacity of each pixel."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE).astype(np.float32)
    return portrait, oval(portrait.shape)


def _room_with_face(behind: Grey, side: int, down: float) -> Grey:
    portrait, mask = _portrait()
    matrix: NDArray[Any] = cv2.getRotationMatrix2D(FACE, 0, FINER * side / FACE_WIDTH)
    matrix[:, 2] += FINER * np.array([MIDDLE[0], MIDDLE[1] + down]) - FACE
    wide = cv2.resize(behind, None, fx=FINER, fy=FINER).astype(np.float32)
    large = put(wide, portrait, mask, matrix)
    return cv2.resize(large, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)


def _compressed(grey: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    if not quality:
        return grey
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]


def _seconds_a_measurement(times: int = 200) -> float:
    """The processor time of one face's measurement in a frame of 640 x 480."""
    random = np.random.default_rng(1)
    grey = room(random, 640, 480).astype(np.uint8)
    box: Box = (250, 150, 120, 120)
    pictures = PictureFilter()
    begun = clock.process_time()
    for second in range(times):
        pictures.people([FaceTrack(1, box, 0.0, 0.0, float(second))], grey, float(second))
    return (clock.process_time() - begun) / times


if __name__ == "__main__":
    main()
