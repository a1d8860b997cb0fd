"""What `moodpi look` finds wrong in pictures of a room, with and without a face."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from edge.config.settings import FacesSettings, SourceSettings
from edge.sources.transformed import PictureTransform
from edge.vision.view_check import View, ViewCheck
from tests.benchmarks.portrait_film import WIDTH, portrait_at
from tests.benchmarks.scene import Camera, Grey, room

HEIGHT = 480
MIDDLE = (320, 200)


@pytest.fixture(scope="module")
def check() -> ViewCheck:
    return ViewCheck(FacesSettings(), SourceSettings())


@pytest.fixture(scope="module")
def behind() -> Grey:
    return room(np.random.default_rng(5), WIDTH, HEIGHT)


@pytest.fixture
def take() -> Callable[..., np.ndarray]:
    return Camera(np.random.default_rng(6), WIDTH, HEIGHT, 4.0).take


def test_a_clear_face_has_no_finding(check, behind, take) -> None:
    view = check.check(take(portrait_at(behind, MIDDLE, 100)))
    assert view.findings == ()
    assert len(view.faces) == 1
    assert view.rotation == 0


def test_a_small_face_is_measured_against_the_smallest_that_a_run_finds(check, behind, take):
    view = check.check(take(portrait_at(behind, MIDDLE, 32)))
    assert view.findings == ("small",)
    assert view.faces[0][2] < view.least_face == 40


@pytest.mark.parametrize(
    ("place", "edge"), [((55, 200), "left"), ((580, 200), "right"), ((320, 50), "top")]
)
def test_a_face_at_an_edge(check, behind, take, place, edge) -> None:
    assert check.check(take(portrait_at(behind, place, 100))).findings == (edge,)


def test_a_dark_face_and_a_dark_room(check, behind, take) -> None:
    assert check.check(take(portrait_at(behind, MIDDLE, 100), 0.04)).findings == ("dark",)
    assert check.check(take(behind, 0.06)).findings == ("dark", "nobody")


def test_a_blurred_face_and_a_blurred_room(check, behind, take) -> None:
    scene = portrait_at(behind, MIDDLE, 100)
    assert check.check(take(cv2.GaussianBlur(scene, (0, 0), 4))).findings == ("blurred",)
    view = check.check(take(cv2.GaussianBlur(behind, (0, 0), 9)))
    assert view.findings == ("nobody", "blurred")


def test_a_blurred_picture_is_not_taken_for_a_turned_one(check) -> None:
    random = np.random.default_rng(5)
    camera, behind = Camera(random, WIDTH, HEIGHT, 4.0), room(random, WIDTH, HEIGHT)
    scene = cv2.GaussianBlur(portrait_at(behind, MIDDLE, 100), (0, 0), 4)
    for _ in range(6):
        assert check.check(camera.take(scene)).findings == ("blurred",)


def test_an_empty_room_has_nobody(check, behind, take) -> None:
    assert check.check(take(behind)).findings == ("nobody",)


@pytest.mark.parametrize("level", [0, 3, 128, 255])
def test_a_picture_without_structure_is_covered(check, take, level) -> None:
    picture = take(np.full((HEIGHT, WIDTH), level, np.float32))
    assert check.check(picture).findings == ("covered",)
    assert check.check(np.full((HEIGHT, WIDTH), level, np.uint8)).findings == ("covered",)


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (40, 40)])
def test_a_tiny_picture_is_judged(check, shape) -> None:
    assert check.check(np.full(shape, 90, np.uint8)).faces == ()


def test_a_face_that_the_run_sees_counts(check, behind, take) -> None:
    assert check.check(take(behind), [(300, 200, 80, 80)]).faces == ((300, 200, 80, 80),)


@pytest.mark.parametrize(
    ("mirror", "rotation", "camera_turn"),
    [(False, 0, 2), (False, 90, 1), (False, 0, 3), (True, 0, 1), (True, 90, 2)],
)
def test_the_stated_rotation_turns_the_picture_upright(
    behind, take, mirror, rotation, camera_turn
) -> None:
    sensor = np.ascontiguousarray(np.rot90(take(portrait_at(behind, MIDDLE, 100)), camera_turn))

    def judged(degrees: int) -> View:
        settings = SourceSettings(rotation=degrees, mirror=mirror)
        picture = PictureTransform.from_settings(settings).apply(sensor)
        return ViewCheck(FacesSettings(), settings).check(picture)

    advised = judged(rotation).rotation
    assert advised == 90 * camera_turn
    assert judged(advised).findings == ()
