"""Noise in face crops: measured, and reduced only where there is much."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import resize_crop
from edge.vision.noise import MIN_NOISE, noise_level, reduce_noise
from tests.grey_picture import grey_picture


@pytest.fixture(scope="module")
def face(portrait: Path) -> NDArray[np.uint8]:
    """The face of the portrait, uint8 [48, 48]."""
    return resize_crop(grey_picture(portrait)[40:190, 140:290])


def noisy(face: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).normal(0, sigma, face.shape)
    return np.clip(face + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [10, 20, 30])
def test_the_measured_noise_is_that_of_the_face(face: NDArray[np.uint8], sigma: float):
    grey = np.full_like(face, 128)
    assert noise_level(noisy(grey, sigma)) == pytest.approx(sigma, rel=0.1)
    assert noise_level(noisy(face, sigma)) == pytest.approx(sigma, abs=4)


def test_a_face_without_much_noise_is_not_touched(face: NDArray[np.uint8]):
    assert noise_level(face) < MIN_NOISE
    assert reduce_noise(face) is face
    assert reduce_noise(faint := noisy(face, MIN_NOISE / 2)) is faint


@pytest.mark.parametrize("sigma", [20, 40])
def test_a_noisy_face_becomes_more_like_the_original(face: NDArray[np.uint8], sigma: float):
    def error(changed: NDArray[np.uint8]) -> float:
        return float(np.sqrt(np.mean((changed.astype(float) - face) ** 2)))

    reduced = reduce_noise(noisy(face, sigma))
    assert reduced.shape == face.shape
    assert reduced.dtype == np.uint8
    assert error(reduced) < 0.8 * error(noisy(face, sigma))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_face_of_one_level_stays_as_it_is(level: int):
    flat = np.full((48, 48), level, np.uint8)
    assert noise_level(flat) == 0
    assert reduce_noise(flat) is flat


def test_the_classifier_sees_the_face_with_less_noise(face: NDArray[np.uint8]):
    classifier = EmotionClassifier.load()
    bad = noisy(face, 30)
    assert np.array_equal(classifier.classify(bad), classifier.classify(reduce_noise(bad)))
    clean = classifier.classify(face)
    without = classifier._runtime.infer(bad[None, ..., None])
    assert np.abs(classifier.classify(bad) - clean).sum() < np.abs(without - clean).sum()
