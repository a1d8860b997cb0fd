"""The average of the weights that is evaluated and kept."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.averaging import AveragingAdamW, mixed

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


def test_the_first_weights_soon_have_no_part_in_it() -> None:
    assert averaged([1.0] * 100, 0.999) == pytest.approx(1.0, abs=1e-3)


def test_in_the_end_it_is_as_slow_as_it_was_asked_to_be() -> None:
    # From the 80th step on (1 + t) / (10 + t) is above 0.9.
    assert averaged([0.0] * 80 + [1.0] * 10, 0.9) == pytest.approx(1 - 0.9**10, abs=0.001)


def test_a_mixture_has_its_share_of_each() -> None:
    (half,) = mixed([np.array([0.0, 4.0])], [np.array([8.0, 0.0])], 0.25)
    assert half.tolist() == [2.0, 3.0]
