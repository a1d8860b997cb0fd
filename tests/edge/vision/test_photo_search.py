"""The search for faces in a photo: doubtful ones, close-ups and turned photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.vision.cascade import Detection
from edge.vision.detector import HaarFaceDetector
from edge.vision.face_search import FaceSearch
from edge.vision.photo_search import FoundFace, PhotoSearch, turn_back, turn_photo
from edge.vision.rotation import rotate
from tests.grey_picture import grey_picture

# The face of the portrait, cropped as tightly as in data sets of faces.
FACE = (slice(68, 162), slice(177, 271))
TURNS = (0, 90, 180, 270)


@pytest.fixture(scope="module")
def detector() -> HaarFaceDetector:
    return HaarFaceDetector()


@pytest.fixture(scope="module")
def search() -> PhotoSearch:
    return PhotoSearch.load()


@pytest.fixture(scope="module")
def grey(portrait: Path) -> np.ndarray:
    return grey_picture(portrait)


@pytest.mark.parametrize("turn", TURNS)
def test_a_box_in_a_turned_photo_is_turned_back(turn: int) -> None:
    photo = np.zeros((60, 100), np.uint8)
    photo[10:30, 70:80] = 255
    turned = turn_photo(photo, turn)
    x, y, width, height = cv2.boundingRect(turned)
    assert turn_back((x, y, width, height), turn, photo.shape) == (70, 10, 10, 20)


@pytest.mark.parametrize("turn", TURNS)
def test_a_face_is_found_in_every_turn(search, grey, turn: int) -> None:
    """Upside down, alt2 takes the collar of the portrait for a face."""
    turned = turn_photo(grey, -turn % 360)
    (found,) = search.find(turned)
    assert found.search == FaceSearch(turn)
    assert found.box == (177, 68, 94, 94)


@pytest.mark.parametrize("side", [48, 100, 350, 1500])
def test_a_tight_crop_is_framed_as_a_whole(search, detector, grey, side: int) -> None:
    crop = cv2.resize(grey[FACE], (side, side), interpolation=cv2.INTER_CUBIC)
    (found,) = search.find(crop)
    assert found.search == FaceSearch(margin=not detector.detect(crop))
    x, y, width, height = (value / side for value in found.box)
    assert max(x, y) < 0.15
    assert min(x + width, y + height) > 0.85


def test_a_wide_crop_keeps_its_shape(search, grey) -> None:
    (found,) = search.find(grey[75:155, 150:300])
    x, _, width, height = found.box
    assert x > 15
    assert x + width < 135
    assert height <= 80


@pytest.mark.parametrize("shape", [(1, 1), (30, 30), (48, 48), (96, 130), (350, 350), (1, 9000)])
def test_nothing_is_found_in_noise_or_plain_pictures(search, shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(4)
    assert search.find(np.full(shape, 128, np.uint8)) == []
    assert search.find(generator.integers(0, 256, shape, np.uint8)) == []


@pytest.mark.parametrize("kind", ["stripes", "checks", "disc", "gradient"])
def test_nothing_is_found_in_patterns(search, kind: str) -> None:
    y, x = np.mgrid[0:200, 0:200]
    picture = {
        "stripes": (y // 10 % 2) * 200,
        "checks": ((y // 20 + x // 20) % 2) * 200,
        "disc": (np.hypot(x - 100, y - 100) < 80) * 200,
        "gradient": (x + y) // 2,
    }[kind].astype(np.uint8)
    assert search.find(picture) == []


class Detections:
    """A search with given detections."""

    def __init__(self, *detections: Detection) -> None:
        self._detections = list(detections)

    def detections(self, _grey: np.ndarray) -> list[Detection]:
        return self._detections


class CloseUp:
    """A search with a given close-up."""

    def __init__(self, close_up: Detection | None) -> None:
        self._close_up = close_up

    def detect(self, _grey: np.ndarray) -> Detection | None:
        return self._close_up


def find(
    *detections: Detection, close_up: Detection | None = None, leaning: tuple[Detection, ...] = ()
) -> list[FoundFace]:
    """The faces that are found, in their order, if the parts of the search find these."""
    parts: Any = (Detections(*detections), CloseUp(close_up), Detections(*leaning))
    return PhotoSearch(*parts).find(np.zeros((300, 300), np.uint8))


def test_a_doubtful_face_comes_after_a_clear_one() -> None:
    spot, face = Detection((0, 0, 90, 90), 6), Detection((200, 0, 60, 60), 34)
    found = find(spot, face)
    assert [each.box for each in found] == [face.box, spot.box]


def test_of_clear_faces_the_largest_comes_first() -> None:
    large, small = Detection((0, 0, 90, 90), 20), Detection((200, 0, 60, 60), 40)
    found = find(large, small)
    assert [each.box for each in found] == [large.box, small.box]


def test_the_clearer_of_a_close_up_and_a_leaning_head_is_found() -> None:
    close_up, leaning = Detection((0, 0, 250, 250), 15), Detection((90, 80, 60, 60), 14, 20.0)
    (found,) = find(close_up=close_up, leaning=(leaning,))
    assert found == FoundFace(close_up, FaceSearch(margin=True))
    leaning = replace(leaning, hits=16)
    (found,) = find(close_up=close_up, leaning=(leaning,))
    assert found == FoundFace(leaning, FaceSearch(leaning=True))


def test_a_face_that_the_detector_finds_is_not_searched_for_otherwise() -> None:
    face, leaning = Detection((0, 0, 90, 90), 6), Detection((200, 0, 60, 60), 40)
    assert find(face, leaning=(leaning,)) == [FoundFace(face, FaceSearch())]


@pytest.mark.parametrize("degrees", [-35, 35])
def test_a_head_that_leans_is_found_and_turned_upright(search, grey, degrees: float) -> None:
    leaning, _ = rotate(grey[:400, :400], degrees)
    (found,) = search.find(leaning)
    assert found.search == FaceSearch(leaning=True)
    assert found.detection.roll == pytest.approx(-degrees, abs=12)
    x, y, width, height = found.box
    middle, sought = np.array([x + width / 2, y + height / 2, 1]), (177 + 47, 68 + 47)
    back = cv2.getRotationMatrix2D((200, 200), -degrees, 1.0) @ middle
    assert back == pytest.approx(sought, abs=12)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        (FaceSearch(), ""),
        (FaceSearch(90), "found only with the photo turned 90° counter-clockwise"),
        (FaceSearch(0, margin=True), "found only with a margin around the photo"),
        (FaceSearch(leaning=True), "found only with a search for heads that lean or turn"),
        (
            FaceSearch(180, margin=True),
            "found only with the photo turned 180° counter-clockwise and a margin around it",
        ),
    ],
)
def test_a_search_is_put_into_words(search: FaceSearch, text: str) -> None:
    assert str(search) == text
