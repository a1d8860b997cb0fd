"""A sharpness-aware step: the gradient at the moved weights, applied to the old ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training import tiny
from training.augmentation import Augmentation, draw_changes
from training.config import TrainingConfig

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
pytest.importorskip("tensorflow", reason="needs moodpi[train]")
build_joint_model = pytest.importorskip("training.backend_joint_model").build_joint_model

BATCH = 64


@pytest.fixture
def batch() -> tuple[Any, Any]:
    random = np.random.default_rng(1)
    faces = random.integers(0, 256, (BATCH, 48, 48), dtype=np.uint8)
    changes = draw_changes(BATCH, 48, Augmentation().scaled(0), random)
    targets = np.eye(7, dtype=np.float32)[random.integers(0, 7, BATCH)]
    return {"faces": faces, "changes": changes}, targets


def joint_model(radius: float, rate: float, networks: int = 1) -> Any:
    """A joint model of tiny networks without dropout, with plain gradient descent."""
    keras.utils.set_random_seed(3)
    built = [tiny.without_dropout(tiny.build()) for _ in range(networks)]
    config = TrainingConfig(batch_size=BATCH, sharpness_radius=radius)
    joint = build_joint_model(built, [], config)
    joint.compile(keras.optimizers.SGD(rate), jit_compile=False)
    return joint


def test_the_weights_move_back_and_the_statistics_are_those_of_an_ordinary_step(batch):
    sharpness_aware, ordinary = joint_model(0.5, 0.0), joint_model(0.0, 0.0)
    before = [variable.numpy() for variable in sharpness_aware.trainable_variables]

    moved = float(sharpness_aware.train_on_batch(*batch))
    faces, targets = batch
    quarter = keras.tree.map_structure(lambda array: array[: BATCH // 4], faces)
    ordinary.train_on_batch(quarter, targets[: BATCH // 4])

    for variable, value in zip(sharpness_aware.trainable_variables, before, strict=True):
        assert variable.numpy() == pytest.approx(value, abs=1e-5)
    statistics = {v.path: v.numpy() for v in ordinary.non_trainable_variables}
    for variable in sharpness_aware.non_trainable_variables:
        if "moving" in variable.path:
            assert variable.numpy() == pytest.approx(statistics[variable.path], abs=1e-5)
    assert moved > float(ordinary.train_on_batch(*batch))


def test_the_gradient_is_that_of_the_moved_weights(batch):
    """The same step by hand: move, take an ordinary step, and move back."""
    radius, rate = 0.5, 0.1
    sharpness_aware, by_hand = joint_model(radius, rate), joint_model(0.0, 1.0)
    sharpness_aware.train_on_batch(*batch)
    faces, targets = batch
    quarter = keras.tree.map_structure(lambda array: array[: BATCH // 4], faces)

    start = [variable.numpy() for variable in by_hand.trainable_variables]
    by_hand.train_on_batch(quarter, targets[: BATCH // 4])
    gradients = [a - v.numpy() for a, v in zip(start, by_hand.trainable_variables, strict=True)]
    length = np.sqrt(sum(float(np.sum(gradient**2)) for gradient in gradients))
    moves = [radius / length * gradient for gradient in gradients]
    for variable, value, move in zip(by_hand.trainable_variables, start, moves, strict=True):
        variable.assign(value + move)
    by_hand.optimizer.learning_rate.assign(rate)
    by_hand.train_on_batch(*batch)

    for variable, expected, move in zip(
        sharpness_aware.trainable_variables, by_hand.trainable_variables, moves, strict=True
    ):
        assert variable.numpy() == pytest.approx(expected.numpy() - move, abs=1e-4)


def test_each_network_moves_by_the_radius():
    joint = joint_model(0.5, 0.1, networks=2)
    random = np.random.default_rng(2)
    gradients = [
        random.normal(size=variable.shape).astype(np.float32) * (1 if first else 100)
        for first, network in zip((True, False), joint.networks, strict=True)
        for variable in network.trainable_variables
    ]

    moves = [keras.ops.convert_to_numpy(move) for move in joint.moves(gradients)]

    count = len(joint.networks[0].trainable_variables)
    for own in (moves[:count], moves[count:]):
        assert np.sqrt(sum(np.sum(move**2) for move in own)) == pytest.approx(0.5, rel=1e-5)
    variables = [v for network in joint.networks for v in network.trainable_variables]
    assert [id(v) for v in variables] == [id(v) for v in joint.trainable_variables]
