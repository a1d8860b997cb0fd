"""Averages of weights: over the steps of a run, and of a run with what it began from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray


class AveragingAdamW(keras.optimizers.AdamW):
    """AdamW with an exponential average whose momentum after t steps is at most (1 + t) / (10 + t).

    The rule is that of TensorFlow's ExponentialMovingAverage(num_updates). Without it a momentum of
    0.999 leaves half of an average to the first weights, random ones, for its first 700 steps.
    """

    def __init__(self, *arguments: Any, average_momentum: float, **options: Any) -> None:
        super().__init__(*arguments, use_ema=True, ema_momentum=average_momentum, **options)

    @property
    def ema_momentum(self) -> Any:
        """The momentum of the step that is taken, a scalar tensor; Keras asks at every step."""
        steps = ops.cast(self.iterations, "float32")
        return ops.minimum(self._average_momentum, (1 + steps) / (10 + steps))

    @ema_momentum.setter
    def ema_momentum(self, value: float) -> None:
        self._average_momentum = value


def mixed(
    weights: Sequence[NDArray[np.floating]], others: Sequence[NDArray[np.floating]], share: float
) -> list[NDArray[np.floating]]:
    """Each array with `share` (0 to 1) of the other's in it: WiSE-FT (Wortsman et al. 2022)."""
    return [(1 - share) * mine + share * other for mine, other in zip(weights, others, strict=True)]
