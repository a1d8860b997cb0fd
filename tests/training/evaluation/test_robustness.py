"""The changes of the robustness card: seeded, stronger with the strength, and complete."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.faces import Faces
from training.evaluation.robustness import TESTS, RobustnessTest, changed, measure_robustness


@pytest.fixture
def faces() -> Faces:
    """Smooth faces, half of them bright."""
    ramp = np.linspace(0, 100, 48)
    face = np.add.outer(ramp, ramp / 2)
    images = np.stack([face, face + 100] * 4).astype(np.uint8)
    images[:, 10:20, 10:38] //= 2
    return Faces(images, np.array([4, 3] * 4), np.zeros((8, 7), np.float32))


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_a_change_is_the_same_every_time_and_grows_with_the_strength(test: RobustnessTest, faces):
    images = [changed(test, strength, faces.images) for strength in test.strengths]
    distances = [np.abs(each.astype(int) - faces.images).mean() for each in images]

    assert len(test.strengths) == 5
    assert all(each.shape == faces.images.shape and each.dtype == np.uint8 for each in images)
    assert all(distance > 0 for distance in distances)
    assert distances[4] > 2 * distances[0]
    assert np.array_equal(images[0], changed(test, test.strengths[0], faces.images))


def test_the_card_has_every_change_in_every_strength(faces):
    def bright_is_happy(images):
        return np.eye(7, dtype=np.float32)[np.where(images.mean(axis=(1, 2)) > 110, 3, 4)]

    card = measure_robustness(bright_is_happy, faces)

    assert card.unchanged == 1
    assert card.faces == 8
    assert [len(results) for results in card.changed.values()] == [5] * len(TESTS)
    assert card.changed["darkness, factor"][-1] == (0.15, 0.5)
    table = card.markdown()
    assert table[-1].startswith("| glasses, height as share | 0.04: ")
    assert all(line.count("|") == 7 for line in table[2:])
