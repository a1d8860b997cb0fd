"""The detection of heads that lean or turn aside."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.cascade_passes import CascadePasses
from edge.vision.leaning_heads import LeaningHeadDetector
from edge.vision.rotation import rotate
from tests.grey_picture import grey_picture

SIDE = 70


@pytest.fixture(scope="module")
def detector() -> LeaningHeadDetector:
    return LeaningHeadDetector(CascadePasses())


@pytest.fixture(scope="module")
def leaning_face(portrait: Path) -> np.ndarray:
    """A face with some surroundings, [70, 70], that leans by 25 degrees."""
    face = cv2.resize(grey_picture(portrait)[50:180, 160:290], (SIDE, SIDE))
    return rotate(face.astype(np.uint8), 25)[0]


def test_each_of_many_heads_is_found_once(detector, leaning_face) -> None:
    found = detector.detections(np.tile(leaning_face, (6, 6)))
    places = {(box[0] // SIDE, box[1] // SIDE) for box in (each.box for each in found)}
    assert len(found) == len(places) >= 25
    assert all(each.roll == pytest.approx(-25, abs=10) for each in found)


@pytest.mark.parametrize("degrees", range(-35, 40, 10))
def test_a_head_is_one_face(detector, portrait, degrees: int) -> None:
    leaning, _ = rotate(grey_picture(portrait)[:240, 100:340], degrees)
    (found,) = detector.detections(leaning)
    assert found.roll == pytest.approx(-degrees, abs=20)


def test_a_small_head_in_a_large_photo_is_not_searched_for(detector, leaning_face) -> None:
    """The photo is scaled down first, to save time."""
    photo = np.full((2000, 2000), 128, np.uint8)
    photo[800 : 800 + SIDE, 800 : 800 + SIDE] = leaning_face
    assert detector.detections(photo) == []


def test_a_large_head_in_a_large_photo_is_found(detector, leaning_face) -> None:
    photo = np.full((2000, 2000), 128, np.uint8)
    photo[600:1300, 600:1300] = cv2.resize(leaning_face, (700, 700))
    (found,) = detector.detections(photo)
    x, y, width, height = found.box
    assert (x + width / 2, y + height / 2) == pytest.approx((950, 950), abs=60)
