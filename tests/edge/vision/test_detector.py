"""Face detection and the face crop."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.crop import crop_face, resize_crop
from edge.vision.detector import HaarFaceDetector
from moodpi.requirements import OPENCV, how_to_install
from tests.grey_picture import grey_picture
from tests.raising import raises


@pytest.fixture(scope="module")
def detector() -> HaarFaceDetector:
    return HaarFaceDetector()


def test_detects_the_face_of_the_portrait(detector, portrait: Path) -> None:
    boxes = detector.detect(grey_picture(portrait))
    assert len(boxes) == 1
    x, y, width, height = boxes[0]
    assert x < 225 < x + width  # between her eyes
    assert y < 115 < y + height
    assert 70 < width < 140


def test_several_faces_come_largest_first(detector, two_faces: Path) -> None:
    boxes = detector.detect(grey_picture(two_faces))
    assert len(boxes) == 2
    assert boxes[0][0] > 512 > boxes[1][0]
    assert boxes[0][2] > boxes[1][2]


def test_boxes_are_in_the_pixels_of_a_large_photo(detector, portrait) -> None:
    grey = grey_picture(portrait)
    (x, y, width, height) = detector.detect(grey)[0]
    large = cv2.resize(grey, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    found = detector.detect(large)[0]
    assert np.abs(np.array(found) / 6 - np.array([x, y, width, height])).max() < 12


def test_detects_a_face_in_the_noise_of_a_dark_room(detector, portrait: Path) -> None:
    grey = grey_picture(portrait)
    (x, y, width, height) = detector.detect(grey)[0]
    # The noise is as strong as the contrast of the face.
    noises = [np.random.default_rng(seed).normal(0, 4, grey.shape) for seed in range(5)]
    dark = [np.clip(np.rint(0.08 * grey + noise), 0, 255).astype(np.uint8) for noise in noises]

    found = [detector.detect(picture) for picture in dark]
    assert [len(boxes) for boxes in found] == [1] * len(dark)
    near = [detector.detect_near(picture, (x, y, width, height), 0.5) for picture in dark]
    for box in (*(boxes[0] for boxes in found), *near):
        assert np.abs(np.array(box) - (x, y, width, height)).max() < 20


@pytest.mark.parametrize("shape", [(1, 1), (39, 500), (480, 640), (1, 5000)])
def test_a_picture_without_a_face_has_no_boxes(detector, shape) -> None:
    assert detector.detect(np.full(shape, 128, np.uint8)) == []


def test_a_crop_is_the_content_of_the_box_at_48_by_48() -> None:
    picture = np.zeros((100, 200), np.uint8)
    picture[20:80, 100:160] = 200
    face = crop_face(picture, (100, 20, 60, 60))
    assert (face.shape, face.dtype) == ((48, 48), np.uint8)
    assert np.unique(face).tolist() == [200]


def test_a_crop_of_the_right_size_is_not_resized() -> None:
    face = np.arange(48 * 48, dtype=np.uint16).astype(np.uint8).reshape(48, 48)
    assert resize_crop(face) is face


def test_opencv_5_is_refused_with_a_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    with raises("unsupported_opencv") as error:
        HaarFaceDetector()
    assert how_to_install(OPENCV) in str(error.value)
