"""The optimizer: AdamW with weight averaging and a cosine schedule with warm-up."""

from __future__ import annotations

import keras

from training.config import TrainingConfig
from training.weight_averaging import AveragingAdamW

# The peak learning rate over that of the first step.
WARMUP_DIVISOR = 25


def build_optimizer(config: TrainingConfig, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The optimizer of a run.

    The rate rises linearly over `warmup_epochs` and falls to zero along a cosine (Loshchilov and
    Hutter, "SGDR", 2017). Biases and normalization parameters have no weight decay.
    """
    warmup_steps = config.warmup_epochs * steps_per_epoch
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / WARMUP_DIVISOR,
        warmup_target=config.learning_rate,
        warmup_steps=warmup_steps,
        decay_steps=max(1, config.epochs * steps_per_epoch - warmup_steps),
    )
    optimizer = AveragingAdamW(
        schedule, weight_decay=config.weight_decay, average_momentum=config.ema
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
    return optimizer
