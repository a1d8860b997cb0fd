"""Detection and classification of all faces of a photo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edge.vision.boxes import Box
from edge.vision.cascade import Detection
from edge.vision.crop import crops_of_face
from edge.vision.face_search import FaceSearch
from edge.vision.photo_pipeline import PhotoPipeline, cropped_faces
from edge.vision.photo_search import FoundFace
from edge.vision.rotation import rotate

LARGE, SMALL = (0, 0, 55, 55), (70, 10, 30, 30)


class Found:
    """A search that finds faces with given boxes."""

    def __init__(self, *boxes: Box) -> None:
        self._boxes = boxes

    def find(self, _photo: np.ndarray) -> list[FoundFace]:
        return [FoundFace(Detection(box, 30), FaceSearch()) for box in self._boxes]


class BrightIsHappy:
    """Classifies a bright face as happy and a dark one as sad."""

    def classify(self, face):
        probabilities = np.full(7, 0.05, np.float32)
        probabilities[3 if face.mean() > 128 else 4] = 0.7
        return probabilities


class ShareOfWhite:
    """Calls a face as happy as it is white."""

    def classify(self, face):
        probabilities = np.zeros(7, np.float32)
        probabilities[3] = face.mean() / 255
        return probabilities


def found(*boxes: Box) -> Any:
    return Found(*boxes)


@pytest.fixture
def picture() -> np.ndarray:
    grey = np.zeros((80, 120), np.uint8)
    grey[:, :65] = 255
    return grey


def test_classifies_every_face_in_the_order_of_the_search(picture):
    classifier: Any = BrightIsHappy()
    faces = PhotoPipeline(classifier, found(LARGE, SMALL)).analyse(picture)
    assert [(face.box, face.emotion) for face in faces] == [(LARGE, "happy"), (SMALL, "sad")]


def test_without_a_face_the_list_is_empty(picture):
    classifier: Any = BrightIsHappy()
    assert PhotoPipeline(classifier, found()).analyse(picture) == []


def test_the_probabilities_are_the_mean_over_three_crops(picture):
    # The edge of the white part is in the middle of the box, so each row is half white. Above the
    # box, the picture is black: the larger crop has 2 black rows of 44.
    picture[:20] = 0
    classifier: Any = ShareOfWhite()

    face = PhotoPipeline(classifier, found((45, 20, 40, 40))).analyse(picture)[0]

    shares = [1 / 2, 1 / 2, 1 / 2 * 42 / 44]
    assert face.probabilities[3] == pytest.approx(np.mean(shares), abs=0.01)
    assert face.probabilities[3] < 0.495


def test_a_crop_beyond_the_edge_repeats_the_last_pixels(picture):
    picture[:, 110:] = 200
    (face,) = cropped_faces(picture, found((80, 40, 40, 40)))

    assert face.crops.shape == (3, 48, 48)
    assert (face.crops[:, 10:, -1] == 200).all()
    assert (face.crops[:, -1, :20] == 0).all()


def test_the_crops_of_a_head_that_leans_are_turned_upright():
    picture = np.zeros((100, 100), np.uint8)
    picture[45:55] = 255
    leaning, _ = rotate(picture, -20)
    level = crops_of_face(leaning, (30, 30, 40, 40), 20.0)
    assert level.shape == (3, 48, 48)
    for crop in level:
        assert (crop[22:26] > 200).all()
        assert (crop[:15] < 50).all()
        assert (crop[-15:] < 50).all()
