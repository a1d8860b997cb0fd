"""Rotated, mirrored and cropped pictures of any source."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.sources import open_source
from edge.sources.transformed import IGNORED_LEVEL, PictureTransform
from tests.edge.footage import every_frame, video

# Four corners, each of its own level.
CORNERS = np.array([[10, 20], [30, 40]], np.uint8)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [[10, 20], [30, 40]]),
        ({"rotation": 90}, [[30, 10], [40, 20]]),
        ({"rotation": 180}, [[40, 30], [20, 10]]),
        ({"rotation": 270}, [[20, 40], [10, 30]]),
        ({"mirror": True}, [[20, 10], [40, 30]]),
        ({"rotation": 90, "mirror": True}, [[10, 30], [20, 40]]),
        ({"left": 0.5}, [[20], [40]]),
        ({"bottom": 0.5}, [[10, 20]]),
        ({"rotation": 90, "right": 0.5, "top": 0.5}, [[40]]),
        ({"ignore": ("0.5 0 1 0.5",)}, [[10, IGNORED_LEVEL], [30, 40]]),
        ({"rotation": 90, "left": 0.5, "ignore": ("0.5 0.5 1 1",)}, [[10], [IGNORED_LEVEL]]),
    ],
)
def test_a_picture_is_rotated_then_mirrored_then_cropped(settings, expected):
    transformed = PictureTransform.from_settings(SourceSettings(**settings)).apply(CORNERS)
    assert transformed.tolist() == expected
    assert transformed.flags.c_contiguous


def test_the_picture_of_the_source_stays_as_it_is_when_regions_are_ignored():
    original = CORNERS.copy()
    PictureTransform.from_settings(SourceSettings(ignore=("0 0 1 1",))).apply(original)
    assert (original == CORNERS).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (480, 640)])
def test_a_region_is_never_empty(shape):
    for left in (0.0, 0.5, 0.9):
        transform = PictureTransform.from_settings(
            SourceSettings(left=left, right=max(left, 0.1), top=0.9, bottom=0.9)
        )
        assert transform.apply(np.zeros(shape, np.uint8)).size >= 1


def test_a_video_is_transformed_and_keeps_its_timestamps(tmp_path):
    film = video(tmp_path / "film.avi")
    plain = every_frame(film)
    turned = every_frame(film, settings=SourceSettings(rotation=90, bottom=0.5))
    assert [frame.time for frame in turned] == [frame.time for frame in plain]
    height, width = plain[0].grey.shape
    assert turned[0].grey.shape == (width // 2, height)


def test_the_pictures_of_a_folder_are_transformed(tmp_path, portrait):
    grey = cv2.imread(str(portrait), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(tmp_path / "upside_down.png"), grey[::-1, ::-1])
    with open_source(str(tmp_path), SourceSettings(rotation=180)) as source:
        assert (source.read().grey == grey).all()
