"""The loss of networks that are trained together, and of their teachers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
JointModel = pytest.importorskip("training.joint_model").JointModel

TARGETS = np.eye(7, dtype=np.float32)[[2, 5]]


def certain(emotion: int) -> np.ndarray:
    """Logits [2, 7] of a network that is certain of one emotion."""
    return np.tile(20 * np.eye(7, dtype=np.float32)[emotion], (2, 1))


def probabilities(emotion: int) -> np.ndarray:
    return np.tile(np.eye(7, dtype=np.float32)[emotion], (2, 1))


def network() -> Any:
    faces = keras.Input((48, 48, 1))
    return keras.Model(faces, keras.layers.Dense(7)(keras.layers.Flatten()(faces)))


def cross_entropy(targets: np.ndarray, logits: np.ndarray) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(targets * log_softmax).sum(axis=1).mean())


def loss(joint: Any, logits: list[np.ndarray], teachers: list[np.ndarray]) -> float:
    outputs = {"logits": logits, "teachers": teachers}
    return float(joint.compute_loss(None, TARGETS, outputs))


def test_one_network_learns_the_targets():
    logits = np.random.default_rng(1).normal(size=(2, 7)).astype(np.float32)

    assert loss(JointModel([network()]), [logits], []) == pytest.approx(
        cross_entropy(TARGETS, logits), abs=1e-5
    )


def test_a_target_contains_the_share_of_the_teachers():
    logits = np.random.default_rng(1).normal(size=(2, 7)).astype(np.float32)
    joint = JointModel([network()], [network()], teacher_share=0.25)
    mean = (probabilities(3) + probabilities(4)) / 2

    assert loss(joint, [logits], [probabilities(3), probabilities(4)]) == pytest.approx(
        cross_entropy(0.75 * TARGETS + 0.25 * mean, logits), abs=1e-5
    )


def test_a_target_contains_the_mean_of_the_other_networks_but_not_the_network_itself():
    joint = JointModel([network(), network(), network()])
    joint.peer_share.assign(0.5)
    first = np.random.default_rng(1).normal(size=(2, 7)).astype(np.float32)
    peers = (probabilities(3) + probabilities(4)) / 2
    softmax = np.exp(first) / np.exp(first).sum(axis=1, keepdims=True)

    expected = (
        cross_entropy((TARGETS + peers) / 2, first)
        + cross_entropy((TARGETS + (softmax + probabilities(4)) / 2) / 2, certain(3))
        + cross_entropy((TARGETS + (softmax + probabilities(3)) / 2) / 2, certain(4))
    )
    assert loss(joint, [first, certain(3), certain(4)], []) == pytest.approx(expected, rel=1e-4)


def test_before_they_learn_from_each_other_networks_have_their_own_losses():
    joint = JointModel([network(), network()])

    assert loss(joint, [certain(2), certain(5)], []) == pytest.approx(
        cross_entropy(TARGETS, certain(2)) + cross_entropy(TARGETS, certain(5)), rel=1e-4
    )


def test_teachers_are_not_trained():
    student, teacher = network(), network()

    joint = JointModel([student], [teacher], teacher_share=0.5)

    assert [id(v) for v in joint.trainable_variables] == [
        id(v) for v in student.trainable_variables
    ]
