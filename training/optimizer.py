"""The optimizer: AdamW with weight averaging."""

from __future__ import annotations

import keras

from training.config import TrainingConfig
from training.weight_averaging import AveragingAdamW


def build_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    """The optimizer of a run; the learning rate of each step is assigned to it.

    Biases and normalization parameters have no weight decay.
    """
    optimizer = AveragingAdamW(
        config.learning_rate, weight_decay=config.weight_decay, average_momentum=config.ema
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
    return optimizer
