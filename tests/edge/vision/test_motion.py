"""The motion gate: noise is not motion, a slow change is, and time passes either way."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.vision.motion import EMPTY_WAIT, FACE_WAIT, LINGER, MotionGate
from edge.vision.photo import read_photo

RATE = 10
FACE = (177, 68, 94, 94)


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    return read_photo(portrait)


def noisy(picture: np.ndarray, level: float, random: np.random.Generator) -> np.ndarray:
    grains = random.normal(0, level, picture.shape)
    return np.clip(picture + grains, 0, 255).astype(np.uint8)


def opened(gate: MotionGate, pictures, faces=(), start: float = 0.0) -> list[float]:
    """The times at which the gate let a picture through, each of which is then looked at."""
    times = []
    for number, picture in enumerate(pictures):
        time = start + number / RATE
        if gate.open(picture, time):
            gate.looked(picture, time, faces)
            times.append(time)
    return times


@pytest.mark.parametrize("level", [0, 3, 8, 14])
@pytest.mark.parametrize(("faces", "wait"), [((), EMPTY_WAIT), ((FACE,), FACE_WAIT)])
def test_a_cameras_noise_opens_it_no_more_often_than_the_timer(person, level, faces, wait):
    random = np.random.default_rng(level)
    gate = MotionGate()
    opened(gate, (noisy(person, level, random) for _ in range(5 * RATE)), faces)
    times = opened(gate, (noisy(person, level, random) for _ in range(20 * RATE)), faces, 5.0)
    assert len(times) <= 20 / wait + 1
    assert len(times) >= 20 / wait - 1


def test_a_movement_opens_it_at_once_and_for_a_while(person):
    gate = MotionGate()
    opened(gate, [person] * 30)
    moved = np.roll(person, 12, axis=1)
    times = opened(gate, [moved] * 30, start=3.0)
    assert times == [3.0 + n / RATE for n in range(round(LINGER * RATE))]


@pytest.mark.parametrize("level", [0, 4])
def test_a_smile_opens_it(person, level):
    random = np.random.default_rng(3)
    gate = MotionGate()
    opened(gate, (noisy(person, level, random) for _ in range(50)), [FACE])
    smile = person.copy()
    cv2.ellipse(smile, (226, 138), (20, 6), 0, 0, 360, 60, -1)
    assert opened(gate, [noisy(smile, level, random)], [FACE], start=5.0) == [5.0]


def test_a_change_too_slow_to_see_from_frame_to_frame_adds_up(person):
    gate = MotionGate()
    opened(gate, [person] * 30)
    blend = (cv2.addWeighted(person, 1 - n / 60, 255 - person, n / 60, 0) for n in range(60))
    assert opened(gate, blend, start=3.0)[0] < 4.5


def test_a_person_who_came_to_rest_is_not_noise(person):
    gate = MotionGate()
    opened(gate, (np.roll(person, 4 * n, axis=1) for n in range(60)))
    opened(gate, [person] * 60, start=6.0)
    assert opened(gate, [np.roll(person, 12, axis=1)], start=12.0) == [12.0]


def test_another_size_of_picture_opens_it(person):
    gate = MotionGate()
    opened(gate, [person] * 30)
    assert gate.open(person[:200, :480], 3.0)


def test_a_clock_that_began_anew_opens_it(person):
    gate = MotionGate()
    opened(gate, [person] * 30, start=1000.0)
    assert gate.open(person, 0.0)
