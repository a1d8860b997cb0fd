"""Temperature scaling and calibration error, compared with values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.temperature import (
    expected_calibration_error,
    fit_temperature,
    softmax,
    stratified_halves,
)


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_finds_the_temperature_of_sampled_labels(true):
    random = np.random.default_rng(3)
    logits = random.normal(0, 3, (20_000, 7)).astype(np.float32)
    chances = softmax(logits, true)
    labels = np.array([random.choice(7, p=row / row.sum()) for row in chances.astype(float)])

    assert fit_temperature(logits, labels) == pytest.approx(true, rel=0.05)


def test_halves_are_disjoint_complete_and_reproducible():
    labels = np.arange(101) % 7

    fit, report = stratified_halves(labels)

    assert sorted([*fit, *report]) == list(range(101))
    assert np.array_equal(stratified_halves(labels)[0], fit)
    counts = np.bincount(labels[fit]) - np.bincount(labels[report])
    assert set(counts) <= {-1, 0}


def test_the_error_is_the_gap_between_confidence_and_accuracy():
    sure = np.tile([0.9, 0.1, 0, 0, 0, 0, 0], (10, 1)).astype(np.float32)
    half_right = np.array([0] * 5 + [1] * 5)

    assert expected_calibration_error(sure, half_right) == pytest.approx(0.4, abs=1e-6)
    assert expected_calibration_error(sure[:10], np.array([0] * 9 + [1])) == pytest.approx(
        0, abs=1e-6
    )


def test_each_bin_counts_by_its_share_of_the_faces():
    rows = np.array([[1.0, 0, 0, 0, 0, 0, 0]] * 3 + [[0.4, 0.3, 0.3, 0, 0, 0, 0]], np.float32)
    labels = np.array([0, 0, 1, 0])

    expected = 3 / 4 * (1 - 2 / 3) + 1 / 4 * abs(0.4 - 1)
    assert expected_calibration_error(rows, labels) == pytest.approx(expected, abs=1e-6)
