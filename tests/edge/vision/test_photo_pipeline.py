"""Detection and classification of all faces of a photo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edge.vision.detector import Detection
from edge.vision.photo_pipeline import PhotoPipeline

LARGE, SMALL = (0, 0, 55, 55), (70, 10, 30, 30)


class TwoFaces:
    def detections(self, _grey):
        return [Detection(LARGE, 30), Detection(SMALL, 30)]


class NoFace:
    def detections(self, _grey):
        return []

    def detect_close_up(self, _grey):
        return None


class BrightIsHappy:
    """Classifies a bright face as happy and a dark one as sad."""

    def classify(self, face):
        probabilities = np.full(7, 0.05, np.float32)
        probabilities[3 if face.mean() > 128 else 4] = 0.7
        return probabilities


def fakes(detector: Any) -> tuple[Any, Any]:
    return BrightIsHappy(), detector


@pytest.fixture
def picture() -> np.ndarray:
    grey = np.zeros((80, 120), np.uint8)
    grey[:, :65] = 255
    return grey


def test_classifies_every_face_the_largest_first(picture):
    faces = PhotoPipeline(*fakes(TwoFaces())).analyse(picture)
    assert [(face.box, face.emotion) for face in faces] == [(LARGE, "happy"), (SMALL, "sad")]


def test_without_a_face_the_list_is_empty(picture):
    assert PhotoPipeline(*fakes(NoFace())).analyse(picture) == []
