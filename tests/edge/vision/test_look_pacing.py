"""The pacing of looks, at several frame rates."""

from __future__ import annotations

import pytest

from edge.vision.look_pacing import (
    CHANGE_HOLD,
    CHANGED_LOOK_INTERVAL,
    LOOK_INTERVAL,
    LookPacing,
)


def looks(pacing: LookPacing, start: float, seconds: float, rate: float) -> int:
    """The looks that are due at frames from `start` on."""
    return sum(pacing.look_due(start + n / rate) for n in range(round(seconds * rate)))


@pytest.mark.parametrize(("rate", "expected"), [(1, 10), (5, 50), (10, 50), (15, 50), (60, 55)])
def test_there_are_about_five_looks_a_second_at_most(rate, expected):
    assert looks(LookPacing(), 0.0, 10.0, rate) == pytest.approx(expected, abs=1)


def test_a_camera_with_jitter_is_looked_at_as_often():
    pacing = LookPacing()
    times = [n / 5 + (0.025 if n % 2 else 0.0) for n in range(50)]
    assert sum(map(pacing.look_due, times)) == 50


def test_there_are_more_looks_for_a_while_after_another_emotion():
    pacing = LookPacing()
    pacing.looked(["happy"], 0.0, settled=True)
    assert looks(pacing, 5.0, 2.0, 30) == pytest.approx(2 / LOOK_INTERVAL, abs=2)
    pacing.looked(["sad"], 7.0, settled=True)
    assert looks(pacing, 7.0, CHANGE_HOLD, 30) == pytest.approx(
        CHANGE_HOLD / CHANGED_LOOK_INTERVAL, abs=1
    )
    pacing.looked(["sad"], 8.0, settled=True)
    assert looks(pacing, 8.0 + CHANGE_HOLD, 2.0, 30) == pytest.approx(2 / LOOK_INTERVAL, abs=1)


def test_a_clock_that_restarts_is_looked_at_at_once():
    pacing = LookPacing()
    assert pacing.look_due(1000.0)
    assert pacing.look_due(0.0)
    assert not pacing.look_due(0.1)


def test_there_are_more_looks_while_a_face_is_missing():
    pacing = LookPacing()
    pacing.looked([], 0.0, settled=False)
    assert looks(pacing, 0.0, CHANGE_HOLD, 30) == pytest.approx(
        CHANGE_HOLD / CHANGED_LOOK_INTERVAL, abs=1
    )
