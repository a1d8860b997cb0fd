"""The batches of an epoch: which faces are in them, noisy copies among them."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.noise import noise_level
from training.augmentation import Augmentation
from training.batches import TrainingBatches
from training.config import TrainingConfig
from training.data.faces import Faces

pytestmark = pytest.mark.workstation
FACES, BATCH = 640, 64
RATES = np.full(FACES // BATCH, 1e-3, np.float32)


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Smooth faces: each a ramp of its own."""
    random = np.random.default_rng(1)
    ramps = np.linspace(60, 60 + random.uniform(20, 120, (FACES, 1)), 48, axis=-1)
    images = np.repeat(ramps, 48, axis=1).astype(np.uint8)
    return Faces(images, random.integers(0, 7, FACES), np.zeros((FACES, 7), np.float32))


def rows_of(faces: Faces, share: float, epoch: int = 1) -> np.ndarray:
    batches = TrainingBatches(faces, TrainingConfig(batch_size=BATCH, noisy_share=share))
    return batches.plan(epoch, Augmentation(), RATES).rows


def test_every_face_is_in_an_epoch_once(faces):
    assert sorted(rows_of(faces, 0).ravel()) == list(range(FACES))
    assert sorted(rows_of(faces, 0.3).ravel() % FACES) == list(range(FACES))


def test_the_share_of_the_noisy_copies_is_that_of_the_configuration(faces):
    first, second = rows_of(faces, 0.3), rows_of(faces, 0.3, epoch=2)

    assert np.mean(first >= FACES) == pytest.approx(0.3, abs=0.06)
    assert set(first[first >= FACES]) != set(second[second >= FACES])


def test_the_copies_get_no_more_noise(faces):
    batches = TrainingBatches(faces, TrainingConfig(batch_size=BATCH, noisy_share=0.5))

    plan = batches.plan(1, Augmentation(noise=1.0), RATES)

    has_noise = plan.changes["noise_sigma"].astype(np.float32) > 0
    assert np.array_equal(has_noise, plan.rows < FACES)


def test_the_noise_of_the_copies_is_reduced_and_they_keep_their_targets(faces):
    batches = TrainingBatches(faces, TrainingConfig(batch_size=BATCH, noisy_share=0.3))

    copies = batches.images[FACES:]
    assert np.array_equal(batches.images[:FACES], faces.images)
    assert np.array_equal(batches.targets[FACES:], batches.targets[:FACES])
    # Without the noise reduction it would be 14 or more.
    assert np.median([noise_level(copy) for copy in copies]) < 8
    difference = copies.astype(float) - faces.images
    assert 1 < np.std(difference) < 14
