"""Sharpness of face crops: restored where there is little."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.classifier import EmotionClassifier
from edge.vision.face_correction import correct_face
from edge.vision.sharpness import MIN_SHARPNESS, restore_sharpness, sharpness


def blurred(face: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    return cv2.GaussianBlur(face, (0, 0), sigma).astype(np.uint8)


def test_a_sharp_face_is_not_touched(portrait_face: NDArray[np.uint8]):
    assert sharpness(portrait_face) > MIN_SHARPNESS
    assert restore_sharpness(portrait_face) is portrait_face


def test_the_sharpness_falls_with_the_blur(portrait_face: NDArray[np.uint8]):
    levels = [sharpness(blurred(portrait_face, sigma)) for sigma in (0.3, 0.6, 1, 1.5, 2, 3)]
    assert levels == sorted(levels, reverse=True)
    assert 0 < levels[-1] < levels[0] < 1


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_a_blurred_face_becomes_more_like_the_original(
    portrait_face: NDArray[np.uint8], sigma: float
):
    bad = blurred(portrait_face, sigma)
    restored = restore_sharpness(bad)
    error, before = (
        np.abs(image.astype(float) - portrait_face).mean() for image in (restored, bad)
    )

    assert restored.shape == bad.shape
    assert restored.dtype == np.uint8
    assert sharpness(bad) < sharpness(restored)
    assert error < 0.9 * before


def test_a_face_that_is_almost_sharp_hardly_changes(portrait_face: NDArray[np.uint8]):
    almost = restore_sharpness(portrait_face, least=sharpness(portrait_face) + 0.001)
    assert almost is not portrait_face
    assert np.abs(almost.astype(int) - portrait_face).max() <= 2


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_face_of_one_level_stays_as_it_is(level: int):
    flat = np.full((48, 48), level, np.uint8)
    assert sharpness(flat) == 0
    assert np.array_equal(correct_face(flat), flat)


def test_noise_is_not_sharpened(portrait_face: NDArray[np.uint8]):
    noise = np.random.default_rng(1).normal(0, 8, portrait_face.shape)
    noisy = np.clip(blurred(portrait_face, 1.5) + noise, 0, 255).astype(np.uint8)
    assert correct_face(noisy) is noisy


def test_the_classifier_sees_a_blurred_face_as_a_sharp_one(portrait_face: NDArray[np.uint8]):
    classifier = EmotionClassifier.load()
    bad = blurred(portrait_face, 3)
    clean = classifier.classify(portrait_face)
    without = classifier._runtime.infer(bad[None, ..., None])
    assert np.abs(classifier.classify(bad) - clean).sum() < 0.5 * np.abs(without - clean).sum()
