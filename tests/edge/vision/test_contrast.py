"""Contrast of face crops: restored where there is little."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.classifier import EmotionClassifier
from edge.vision.contrast import MIN_CONTRAST, contrast, restore_contrast
from edge.vision.face_correction import correct_face
from edge.vision.noise import MIN_NOISE, noise_level, reduce_noise


def darker(face: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    return np.rint(face * factor).astype(np.uint8)


def test_a_face_with_enough_contrast_is_not_touched(portrait_face: NDArray[np.uint8]):
    assert contrast(portrait_face) == pytest.approx(portrait_face.std())
    assert contrast(portrait_face) > MIN_CONTRAST
    assert restore_contrast(portrait_face) is portrait_face
    assert correct_face(portrait_face) is portrait_face


@pytest.mark.parametrize("factor", [0.2, 0.05])
def test_a_dark_face_gets_contrast_and_light(portrait_face: NDArray[np.uint8], factor: float):
    dark = darker(portrait_face, factor)
    restored = restore_contrast(dark)

    assert restored.shape == dark.shape
    assert restored.dtype == np.uint8
    assert contrast(restored) == pytest.approx(MIN_CONTRAST, rel=0.05)
    assert dark.mean() < 40
    assert 90 < restored.mean() < 140
    assert np.corrcoef(restored.ravel(), dark.ravel())[0, 1] > 0.99


def test_a_face_with_almost_enough_contrast_hardly_changes(portrait_face: NDArray[np.uint8]):
    almost = darker(portrait_face, 0.99 * MIN_CONTRAST / contrast(portrait_face))
    restored = restore_contrast(almost)

    assert restored is not almost
    assert np.abs(restored.astype(int) - almost).max() <= 3


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_face_of_one_level_stays_as_it_is(level: int):
    flat = np.full((48, 48), level, np.uint8)
    assert restore_contrast(flat) is flat


def test_the_classifier_sees_a_dark_face_as_in_good_light(portrait_face: NDArray[np.uint8]):
    classifier = EmotionClassifier.load()
    dark = darker(portrait_face, 0.05)
    clean = classifier.classify(portrait_face)
    without = classifier._runtime.infer(dark[None, ..., None])

    assert np.abs(without - clean).sum() > 0.5
    assert np.abs(classifier.classify(dark) - clean).sum() < 0.2


def test_noise_that_the_contrast_amplifies_is_reduced(portrait_face: NDArray[np.uint8]):
    noise = np.random.default_rng(1).normal(0, 4, portrait_face.shape)
    dark = np.clip(np.rint(0.1 * portrait_face + noise), 0, 255).astype(np.uint8)

    assert noise_level(dark) < MIN_NOISE
    assert reduce_noise(dark) is dark
    assert noise_level(restore_contrast(dark)) > MIN_NOISE
    assert noise_level(correct_face(dark)) < MIN_NOISE
