"""The representative dataset: all emotions, the whole range of grey."""

from __future__ import annotations

import numpy as np
import pytest

from convert.calibration import representative_dataset
from tests.raising import raises
from training.data.faces import Faces


def faces_of(labels: list[int], low: int = 60, high: int = 200) -> Faces:
    images = np.random.default_rng(1).integers(low, high, (len(labels), 48, 48))
    return Faces(images.astype(np.uint8), np.array(labels), np.zeros((len(labels), 7), np.float32))


def test_chooses_the_same_number_of_each_emotion_or_all():
    training = faces_of([0] * 50 + [1] * 3 + [2, 3, 4, 5, 6] * 10)

    chosen = representative_dataset(training, per_emotion=5).faces

    assert chosen.shape == (6 * 5 + 3, 48, 48, 1)
    assert chosen.dtype == np.uint8
    originals = {image.tobytes(): label for image, label in zip(*_pairs(training), strict=True)}
    labels = [originals[face.tobytes()] for face in chosen[1:]]
    assert np.bincount([0, *labels]).tolist() == [5, 3, 5, 5, 5, 5, 5]


def _pairs(faces: Faces):
    return faces.images, faces.labels


@pytest.mark.parametrize(("low", "high"), [(60, 200), (0, 1), (9, 10), (0, 256)])
def test_always_contains_a_0_and_a_255(low, high):
    chosen = representative_dataset(faces_of(list(range(7)) * 3, low, high), per_emotion=2).faces

    assert (chosen.min(), chosen.max()) == (0, 255)


def test_is_reproducible_and_does_not_modify_the_originals():
    training = faces_of(list(range(7)) * 20)
    before = training.images.copy()

    first, second = (representative_dataset(training, 5) for _ in range(2))
    assert np.array_equal(first.faces, second.faces)
    assert first.to_json() == second.to_json()
    assert np.array_equal(training.images, before)


def test_refuses_training_faces_without_an_emotion():
    with raises("emotion_missing"):
        representative_dataset(faces_of([0, 2, 3, 4, 5, 6]))
