"""The ten seconds of a calibration."""

from __future__ import annotations

import numpy as np
import pytest

from edge.mood.resting_calibration import DURATION, MAX_GAP, RestingCalibration
from models.emotions import EMOTIONS
from tests.edge.mood.test_resting_face import look
from tests.raising import raises

RATE = 5
START = 100.0


def calibrated(*shown: dict[str, float] | None) -> RestingCalibration:
    """A calibration in which these looks divide the time evenly; None: no face."""
    calibration = RestingCalibration(START)
    count = int(DURATION * RATE)
    for number in range(count + 1):
        shares = shown[min(len(shown) - 1, number * len(shown) // count)]
        calibration.add(look(shares) if shares else None, START + number / RATE)
    return calibration


def test_the_mean_is_that_of_the_logarithms() -> None:
    calibration = calibrated({"sad": 0.5, "neutral": 0.3})
    assert calibration.progress == 1
    assert np.exp(calibration.mean()) == pytest.approx(look({"sad": 0.5, "neutral": 0.3}), abs=1e-6)


def test_progress_is_the_share_of_the_time() -> None:
    calibration = RestingCalibration(START)
    assert calibration.progress == 0
    for number in range(6):
        calibration.add(look({"neutral": 0.8}), START + number)
    assert calibration.progress == pytest.approx(0.5)


@pytest.mark.parametrize(
    "shown",
    [
        [{"neutral": 0.8}, {"happy": 0.8}],
        [{"sad": 0.6}, {"sad": 0.6}, {"sad": 0.6}, {"happy": 0.7}],
        [{"neutral": 0.7}, {"surprise": 0.7}, {"neutral": 0.7}, {"neutral": 0.7}],
    ],
)
def test_a_changing_expression_is_refused(shown) -> None:
    with raises("changing_expression"):
        calibrated(*shown).mean()


def test_small_changes_of_an_expression_are_accepted() -> None:
    means = calibrated({"sad": 0.5, "neutral": 0.3}, {"sad": 0.4, "neutral": 0.4}).mean()
    assert np.exp(means).max() == pytest.approx(0.45, abs=0.05)


def test_the_last_look_alone_does_not_refuse_a_calibration() -> None:
    calibration = RestingCalibration(START)
    for number in range(1, int(DURATION * RATE)):
        calibration.add(look({"neutral": 0.8}), START + number / RATE)
    calibration.add(look({"sad": 0.8}), START + DURATION)
    assert calibration.progress == 1
    assert np.exp(calibration.mean()).argmax() == EMOTIONS.index("neutral")


def test_a_short_gap_is_accepted_and_a_long_one_is_refused() -> None:
    calibration = RestingCalibration(START)
    calibration.add(look({"neutral": 0.8}), START)
    calibration.add(None, START + MAX_GAP - 0.1)
    calibration.add(look({"neutral": 0.8}), START + MAX_GAP)
    with raises("no_face"):
        calibration.add(None, START + 2 * MAX_GAP + 0.1)


def test_a_face_that_never_comes_is_refused() -> None:
    calibration = RestingCalibration(START)
    with raises("no_face"):
        calibration.add(None, START + MAX_GAP + 0.1)
