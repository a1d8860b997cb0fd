"""Noise in face crops: measured, and reduced only where there is much."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.classifier import EmotionClassifier
from edge.vision.noise import MIN_NOISE, noise_level, reduce_noise


def noisy(face: NDArray[np.uint8], sigma: float, seed: int = 1) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, sigma, face.shape)
    return np.clip(face + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [10, 20, 30])
def test_the_measured_noise_is_that_of_the_face(portrait_face: NDArray[np.uint8], sigma: float):
    grey = np.full_like(portrait_face, 128)
    assert noise_level(noisy(grey, sigma)) == pytest.approx(sigma, rel=0.1)
    assert noise_level(noisy(portrait_face, sigma)) == pytest.approx(sigma, abs=4)


def test_a_face_without_much_noise_is_not_touched(portrait_face: NDArray[np.uint8]):
    assert noise_level(portrait_face) < MIN_NOISE
    assert reduce_noise(portrait_face) is portrait_face
    assert reduce_noise(faint := noisy(portrait_face, MIN_NOISE / 2)) is faint


@pytest.mark.parametrize("sigma", [20, 40])
def test_a_noisy_face_becomes_more_like_the_original(
    portrait_face: NDArray[np.uint8], sigma: float
):
    def error(changed: NDArray[np.uint8]) -> float:
        return float(np.sqrt(np.mean((changed.astype(float) - portrait_face) ** 2)))

    reduced = reduce_noise(noisy(portrait_face, sigma))
    assert reduced.shape == portrait_face.shape
    assert reduced.dtype == np.uint8
    assert error(reduced) < 0.8 * error(noisy(portrait_face, sigma))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_face_of_one_level_stays_as_it_is(level: int):
    flat = np.full((48, 48), level, np.uint8)
    assert noise_level(flat) == 0
    assert reduce_noise(flat) is flat


def test_the_classifier_sees_the_face_with_less_noise(portrait_face: NDArray[np.uint8]):
    classifier = EmotionClassifier.load()
    clean = classifier.classify(portrait_face)

    def raw(face: NDArray[np.uint8]) -> NDArray[np.float32]:
        return classifier._runtime.infer(face[None, ..., None])

    bad = [noisy(portrait_face, 50, seed) for seed in range(10)]
    classified = [classifier.classify(face) for face in bad]
    assert np.array_equal(classified, [raw(reduce_noise(face)) for face in bad])
    without = [raw(face) for face in bad]
    assert np.abs(classified - clean).sum() < 0.5 * np.abs(without - clean).sum()
