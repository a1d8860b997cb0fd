"""Learning rate, augmentation and peers over the epochs of a run, by epochs and by the clock."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.config import TrainingConfig
from training.schedule import (
    augmentation_at,
    learning_rates,
    peer_share_at,
    planned_epochs,
)


def rates(config: TrainingConfig, planned: float, steps: int) -> np.ndarray:
    return np.concatenate(
        [learning_rates(config, epoch, planned, steps) for epoch in range(1, int(planned) + 1)]
    )


def test_rate_rises_linearly_and_falls_along_a_cosine():
    config = TrainingConfig(learning_rate=0.01, epochs=10, warmup_epochs=2)

    all_rates = rates(config, 10, 5)

    assert all_rates[0] == pytest.approx(0.01 / 25)
    assert all_rates[5] == pytest.approx((0.01 + 0.01 / 25) / 2)
    assert all_rates[10] == pytest.approx(0.01)
    assert all_rates[30] == pytest.approx(0.005)
    assert all_rates[-1] == pytest.approx(0.01 * (1 + math.cos(math.pi * 39 / 40)) / 2)


@pytest.mark.parametrize("warmup", [0, 1, 2])
def test_rate_equals_that_of_keras(warmup):
    keras = pytest.importorskip("keras", reason="needs moodpi[train]")
    config = TrainingConfig(epochs=4, warmup_epochs=warmup)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 25,
        warmup_target=config.learning_rate,
        warmup_steps=warmup * 3,
        decay_steps=(4 - warmup) * 3,
    )
    if not warmup:
        schedule = keras.optimizers.schedules.CosineDecay(config.learning_rate, 12)

    assert rates(config, 4, 3) == pytest.approx(
        [float(schedule(step)) for step in range(12)], rel=1e-4
    )


def test_a_run_shorter_than_its_warmup_only_rises():
    assert (np.diff(rates(TrainingConfig(epochs=1), 1, 6)) > 0).all()


def test_augmentation_fades_over_the_last_epochs():
    config = TrainingConfig(epochs=10, fade_epochs=4)

    rotations = [augmentation_at(config, epoch, 10).rotation for epoch in range(1, 11)]

    full = config.augmentation.rotation
    assert rotations[:6] == [full] * 6
    assert rotations[6:] == pytest.approx([full * share for share in (0.8, 0.6, 0.4, 0.2)])


def test_augmentation_fades_to_the_configured_share():
    config = TrainingConfig(epochs=10, fade_epochs=4, fade_to=0.5)

    noises = [augmentation_at(config, epoch, 10).noise for epoch in range(6, 11)]

    full = config.augmentation.noise
    assert noises == pytest.approx([full * share for share in (1, 0.8, 0.6, 0.5, 0.5)])


def test_without_fade_every_epoch_has_the_full_augmentation():
    config = TrainingConfig(epochs=3)

    assert [augmentation_at(config, epoch, 3) for epoch in (1, 2, 3)] == [config.augmentation] * 3


def test_networks_learn_from_each_other_after_a_sixth_of_the_run():
    config = TrainingConfig(peer_share=0.4)

    assert [peer_share_at(config, epoch, 12) for epoch in (1, 2, 3, 12)] == [0, 0, 0.4, 0.4]


def test_minutes_plan_the_epochs_that_fit():
    config = TrainingConfig(minutes=2)
    compiling, next_one = {"seconds": 40.0}, {"seconds": 10.0}

    assert planned_epochs(config, [], 0) == math.inf
    assert planned_epochs(config, [compiling], 40) == 1 + 2
    assert planned_epochs(config, [compiling, next_one], 50) == 2 + 7
    assert planned_epochs(config, [compiling] + [next_one] * 7, 111) == 8
    assert planned_epochs(config, [compiling] * 9, 500) == 9


def test_before_the_first_epoch_the_clock_plans_nothing_yet():
    config = TrainingConfig(minutes=2, fade_epochs=5, warmup_epochs=0)

    assert learning_rates(config, 1, math.inf, 3) == pytest.approx([config.learning_rate] * 3)
    assert augmentation_at(config, 1, math.inf) == config.augmentation
    assert peer_share_at(config, 1, math.inf) == 0


def test_without_minutes_the_epochs_are_those_of_the_configuration():
    assert planned_epochs(TrainingConfig(epochs=7), [{"seconds": 1e6}], 1e6) == 7
