"""What changes over the epochs of a run: the learning rate, the augmentation, the peers' share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.augmentation import Augmentation
from training.config import TrainingConfig

# The peak learning rate over that of the first step.
WARMUP_DIVISOR = 25
# The share of the run after which networks learn from each other.
PEERS_FROM = 1 / 6
# The epochs whose shortest duration is that of the next ones. The first epoch compiles.
TIMED_EPOCHS = 3


def planned_epochs(
    config: TrainingConfig, history: Sequence[Mapping[str, float]], elapsed: float
) -> float:
    """The total number of epochs of the run: a setting, or what fits into its minutes.

    history: the metrics of the epochs that are done, with their "seconds".
    elapsed: seconds that the run took up to now.

    With `config.minutes`, it is infinite until the first epoch is done.
    """
    if not config.minutes:
        return config.epochs
    if not history:
        return math.inf
    seconds = min(metrics["seconds"] for metrics in history[-TIMED_EPOCHS:])
    remaining = max(0.0, 60 * config.minutes - elapsed)
    return len(history) + remaining // max(seconds, 1e-3)


def learning_rates(
    config: TrainingConfig, epoch: int, planned: float, steps: int
) -> NDArray[np.float32]:
    """The learning rate of each step of an epoch, counted from 1.

    It rises linearly over `warmup_epochs` and falls to zero along a cosine (Loshchilov and Hutter,
    "SGDR", 2017) at the end of the planned epochs.
    """
    peak, first = config.learning_rate, config.learning_rate / WARMUP_DIVISOR
    done = epoch - 1 + np.arange(steps) / steps
    warmup = config.warmup_epochs
    rising = first + (peak - first) * done / max(warmup, 1)
    fallen = np.clip((done - warmup) / max(planned - warmup, 1 / steps), 0, 1)
    falling = peak * (1 + np.cos(np.pi * fallen)) / 2
    return np.where(done < warmup, rising, falling).astype(np.float32)


def augmentation_at(config: TrainingConfig, epoch: int, planned: float) -> Augmentation:
    """The augmentation of an epoch, counted from 1.

    It fades over the last `fade_epochs`, down to `fade_to`.
    """
    remaining = planned - epoch + 1
    left = min(1.0, remaining / (config.fade_epochs + 1))
    return config.augmentation.scaled(max(config.fade_to, left))


def peer_share_at(config: TrainingConfig, epoch: int, planned: float) -> float:
    """The share of the other networks in a target in an epoch, counted from 1."""
    return config.peer_share if epoch - 1 >= PEERS_FROM * planned else 0.0
