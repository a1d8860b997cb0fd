"""A student learns from trained models, on the very faces that it sees."""

from __future__ import annotations

import numpy as np
import pytest

from models.weights import save_arrays
from moodpi.errors import MoodpiError, UsageError

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
simple_cnn = pytest.importorskip("training.architectures.simple_cnn")
weights_of = pytest.importorskip("training.model_weights").weights_of
Teacher = pytest.importorskip("training.teacher").Teacher


@pytest.fixture(scope="module")
def opinionated(tmp_path_factory):
    """Weights of a simple CNN that takes every face for the emotion of its bias."""
    folder = tmp_path_factory.mktemp("teachers")

    def make(emotion: int):
        arrays = weights_of(simple_cnn.build())
        arrays["logits/bias"] = 9 * np.eye(7, dtype=np.float32)[emotion]
        path = folder / f"{emotion}.npz"
        save_arrays(path, arrays)
        return path

    return make


def test_teachers_give_their_mean_opinion(opinionated):
    teacher = Teacher.read(f"simple_cnn={opinionated(emotion)}" for emotion in (3, 4))

    opinion = teacher.probabilities(np.zeros((2, 48, 48, 1), np.float32))

    assert opinion.shape == (2, 7)
    assert opinion.sum(axis=1) == pytest.approx([1, 1], abs=1e-3)
    assert opinion[0, [3, 4]] == pytest.approx([0.5, 0.5], abs=0.01)


@pytest.mark.parametrize("text", ["simple_cnn", "simple_cnn=", "best.npz"])
def test_a_teacher_is_a_model_and_its_weights(text):
    with pytest.raises(UsageError, match=f"no teacher '{text}': expected MODEL=NPZ"):
        Teacher.read([text])


def test_a_teacher_of_another_architecture_is_refused(tmp_path):
    save_arrays(tmp_path / "other.npz", {"kernel": np.zeros(3, np.float32)})

    with pytest.raises(MoodpiError, match="holds no weights of simple_cnn"):
        Teacher.read([f"simple_cnn={tmp_path / 'other.npz'}"])
