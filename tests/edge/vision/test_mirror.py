"""Mirror images: averaged for photos, in turn for frames."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.classifier import FaceClassifier
from edge.vision.frame_pipeline import FramePipeline
from edge.vision.mirror import MirrorAveragingClassifier, MirroredClassifier
from tests.grey_picture import grey_picture


class BrighterHalf(FaceClassifier):
    """Classifies a face as happy if its left half is the brighter one, as sad otherwise."""

    def classify(self, face):
        left = face[:, :24].mean() > face[:, 24:].mean()
        return np.eye(7, dtype=np.float32)[3 if left else 4]


@pytest.fixture
def face() -> np.ndarray:
    return np.linspace(255, 0, 48).astype(np.uint8)[None].repeat(48, axis=0)


def test_the_mirror_image_is_classified(face):
    assert BrighterHalf().classify(face).argmax() == 3
    assert MirroredClassifier(BrighterHalf()).classify(face).argmax() == 4


def test_the_average_is_that_of_face_and_mirror_image(face):
    average = MirrorAveragingClassifier(BrighterHalf())

    assert average.classify(face).tolist() == [0, 0, 0, 0.5, 0.5, 0, 0]
    assert average.classify(face).dtype == np.float32
    assert np.array_equal(average.classify(face), average.classify(face[:, ::-1]))


def test_every_other_classified_frame_is_mirrored(portrait):
    person = grey_picture(portrait)
    pipeline = FramePipeline(BrighterHalf(), FacesSettings())
    emotions = []
    for number in range(40):
        moved = np.roll(person, round(20 * np.sin(number / 3)), axis=1)
        analysis = pipeline.analyse(Frame(moved, number / 10, number))
        emotions += [face.emotion for face in analysis.faces]

    assert len(emotions) > 20
    assert all(first != second for first, second in pairwise(emotions))
