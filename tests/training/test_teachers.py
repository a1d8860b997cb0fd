"""Distillation: the teachers' predictions, and teachers that cannot be used."""

from __future__ import annotations

import numpy as np
import pytest

from models.weights import save_arrays
from moodpi.errors import UsageError
from tests.raising import raises
from training.augmentation import Augmentation, draw_changes

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
simple_cnn = pytest.importorskip("training.architectures.simple_cnn")
weights_of = pytest.importorskip("training.model_weights").weights_of
load_teachers = pytest.importorskip("training.teachers").load_teachers
joint_model = pytest.importorskip("training.joint_model")


@pytest.fixture(scope="module")
def teacher_weights(tmp_path_factory):
    """Write weights of a simple CNN that predicts one emotion for every face."""
    folder = tmp_path_factory.mktemp("teachers")

    def make(emotion: int):
        arrays = weights_of(simple_cnn.build())
        arrays["logits/bias"] = 9 * np.eye(7, dtype=np.float32)[emotion]
        path = folder / f"{emotion}.npz"
        save_arrays(path, arrays)
        return path

    return make


def test_teachers_predict_the_mean_of_their_probabilities(teacher_weights):
    teachers = load_teachers(f"simple_cnn={teacher_weights(emotion)}" for emotion in (3, 4))
    joint = joint_model.JointModel([simple_cnn.build()], teachers, teacher_share=1.0)
    faces = np.zeros((2, 48, 48), np.uint8)
    changes = draw_changes(2, 48, Augmentation().scaled(0), np.random.default_rng(1))

    predicted = joint({"faces": faces, "changes": changes})["teachers"]

    mean = np.mean([np.asarray(each) for each in predicted], axis=0)
    assert mean.sum(axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert mean[0, [3, 4]] == pytest.approx([0.5, 0.5], abs=0.01)


@pytest.mark.parametrize("text", ["simple_cnn", "simple_cnn=", "best.npz"])
def test_a_teacher_needs_a_model_and_weights(text):
    with raises("invalid_teacher", UsageError):
        load_teachers([text])


def test_a_teacher_of_another_architecture_is_refused(tmp_path):
    save_arrays(tmp_path / "other.npz", {"kernel": np.zeros(3, np.float32)})

    with raises("weights_missing"):
        load_teachers([f"simple_cnn={tmp_path / 'other.npz'}"])
