"""The motion detector on noise, movements and slow changes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.vision.motion import (
    MAX_SKIP_WITH_FACE,
    MAX_SKIP_WITHOUT_FACE,
    MOTION_HOLD,
    MotionDetector,
)
from tests.grey_picture import grey_picture

RATE = 10
FACE = (177, 68, 94, 94)


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    return grey_picture(portrait)


def noisy(picture: np.ndarray, level: float, random: np.random.Generator) -> np.ndarray:
    grains = random.normal(0, level, picture.shape)
    return np.clip(picture + grains, 0, 255).astype(np.uint8)


def analysed(detector: MotionDetector, pictures, faces=(), start: float = 0.0) -> list[float]:
    """The times of the pictures that need analysis, each of which becomes the reference."""
    times = []
    for number, picture in enumerate(pictures):
        time = start + number / RATE
        if detector.analysis_due(picture, time):
            detector.set_reference(picture, time, faces)
            times.append(time)
    return times


@pytest.mark.parametrize("level", [0, 3, 8, 14])
@pytest.mark.parametrize(
    ("faces", "wait"), [((), MAX_SKIP_WITHOUT_FACE), ((FACE,), MAX_SKIP_WITH_FACE)]
)
def test_noise_causes_no_more_analyses_than_the_timer(person, level, faces, wait):
    random = np.random.default_rng(level)
    detector = MotionDetector()
    analysed(detector, (noisy(person, level, random) for _ in range(5 * RATE)), faces)
    times = analysed(detector, (noisy(person, level, random) for _ in range(20 * RATE)), faces, 5.0)
    assert len(times) <= 20 / wait + 1
    assert len(times) >= 20 / wait - 1


def test_a_movement_causes_analyses_at_once_and_for_a_while(person):
    detector = MotionDetector()
    analysed(detector, [person] * 30)
    moved = np.roll(person, 12, axis=1)
    times = analysed(detector, [moved] * 30, start=3.0)
    assert times == [3.0 + n / RATE for n in range(round(MOTION_HOLD * RATE))]


@pytest.mark.parametrize("level", [0, 4])
def test_a_smile_causes_an_analysis(person, level):
    random = np.random.default_rng(3)
    detector = MotionDetector()
    analysed(detector, (noisy(person, level, random) for _ in range(50)), [FACE])
    smile = person.copy()
    cv2.ellipse(smile, (226, 138), (20, 6), 0, 0, 360, (60,), -1)
    assert analysed(detector, [noisy(smile, level, random)], [FACE], start=5.0) == [5.0]


def test_a_slow_change_adds_up(person):
    detector = MotionDetector()
    analysed(detector, [person] * 30)
    blend = (cv2.addWeighted(person, 1 - n / 60, 255 - person, n / 60, 0) for n in range(60))
    assert analysed(detector, blend, start=3.0)[0] < 4.5


def test_a_person_who_stops_moving_is_not_taken_for_noise(person):
    detector = MotionDetector()
    analysed(detector, (np.roll(person, 4 * n, axis=1) for n in range(60)))
    analysed(detector, [person] * 60, start=6.0)
    assert analysed(detector, [np.roll(person, 12, axis=1)], start=12.0) == [12.0]


def test_another_picture_size_causes_an_analysis(person):
    detector = MotionDetector()
    analysed(detector, [person] * 30)
    assert detector.analysis_due(person[:200, :480], 3.0)


def test_a_clock_that_restarts_causes_an_analysis(person):
    detector = MotionDetector()
    analysed(detector, [person] * 30, start=1000.0)
    assert detector.analysis_due(person, 0.0)


@pytest.mark.filterwarnings("error")
def test_noise_that_has_faded_is_not_below_zero() -> None:
    detector, random = MotionDetector(), np.random.default_rng(0)
    picture = np.full((60, 80), 60, np.uint8)
    detector.set_reference(picture, 0.0, ())
    for number in range(45):
        picture[15:45, 20:41] = random.integers(60, 65, (30, 21))
        detector.analysis_due(picture, 4.0 * number)
