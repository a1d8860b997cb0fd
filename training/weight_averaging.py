"""Weight averaging: over the steps of a run, and between a run and its initial weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray


class AveragingAdamW(keras.optimizers.AdamW):
    """AdamW with an exponential moving average of the weights.

    The momentum after t steps is at most (1 + t) / (10 + t), the rule of TensorFlow's
    `ExponentialMovingAverage(num_updates)`. A constant momentum of 0.999 would leave half of the
    average to the random initial weights for the first 700 steps.
    """

    def __init__(self, *arguments: Any, average_momentum: float, **options: Any) -> None:
        super().__init__(*arguments, use_ema=True, ema_momentum=average_momentum, **options)

    @property
    def ema_momentum(self) -> Any:
        """The momentum of the current step, a scalar tensor. Keras reads it at every step."""
        steps = ops.cast(self.iterations, "float32")
        return ops.minimum(self._average_momentum, (1 + steps) / (10 + steps))

    @ema_momentum.setter
    def ema_momentum(self, value: float) -> None:
        self._average_momentum = value


def interpolate(
    weights: Sequence[NDArray[np.floating]], others: Sequence[NDArray[np.floating]], share: float
) -> list[NDArray[np.floating]]:
    """(1 - share) * weights + share * others, array by array; `share` is 0 to 1.

    Interpolation in weight space: WiSE-FT (Wortsman et al., "Robust fine-tuning of zero-shot
    models", 2022).
    """
    return [(1 - share) * mine + share * other for mine, other in zip(weights, others, strict=True)]
