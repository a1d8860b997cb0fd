"""The moving average of the weights, and interpolation with the initial ones."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.weight_averaging import AveragingAdamW, interpolate

pytestmark = pytest.mark.workstation


def averaged(values: list[float], momentum: float) -> float:
    """The average of a variable that takes these values, one a step, after it began at 1000."""
    variable = keras.Variable(1000.0)
    optimizer = AveragingAdamW(0.0, weight_decay=0.0, average_momentum=momentum)
    optimizer.build([variable])
    for value in values:
        variable.assign(value)
        optimizer.apply_gradients([(keras.ops.zeros(()), variable)])
    optimizer.finalize_variable_values([variable])
    return float(variable)


def test_initial_weights_soon_lose_their_influence() -> None:
    assert averaged([1.0] * 100, 0.999) == pytest.approx(1.0, abs=1e-3)


def test_momentum_rises_to_the_configured_one() -> None:
    # From the 80th step on (1 + t) / (10 + t) is above 0.9.
    assert averaged([0.0] * 80 + [1.0] * 10, 0.9) == pytest.approx(1 - 0.9**10, abs=0.001)


def test_interpolates_between_two_sets_of_weights() -> None:
    (half,) = interpolate([np.array([0.0, 4.0])], [np.array([8.0, 0.0])], 0.25)
    assert half.tolist() == [2.0, 3.0]
