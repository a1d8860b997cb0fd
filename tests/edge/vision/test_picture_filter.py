"""Faces in pictures are told from people, also from those that sleep."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from edge.vision.boxes import Box
from edge.vision.picture_filter import STILL_TIME, PictureFilter
from edge.vision.tracker import FaceTrack
from tests.edge.vision.still_film import BOX, film

LONG = round(STILL_TIME) + 20


def watch(
    pictures: PictureFilter,
    frames: Iterable[np.ndarray],
    start: float = 0.0,
    track_id: int = 1,
    box: Box = BOX,
) -> tuple[list[bool], list[Box]]:
    """Whether the face counted as a person in each frame, and the pictures that were found."""
    counted, found = [], []
    for number, grey in enumerate(frames):
        time = start + number
        track = FaceTrack(track_id, box, 0.0, start, time)
        counted.append(pictures.people([track], grey, time) == [track])
        found += pictures.found
    return counted, found


@pytest.fixture(scope="module")
def wall() -> list[np.ndarray]:
    return list(film(LONG))


def test_a_face_that_does_not_move_for_minutes_is_a_picture(wall):
    counted, found = watch(PictureFilter(), wall)
    assert all(counted[: round(STILL_TIME)])
    assert not any(counted[-10:])
    assert found == [BOX]


def test_a_sleeping_person_is_not_a_picture():
    counted, found = watch(PictureFilter(), film(2 * LONG, breath=0.005))
    assert all(counted)
    assert not found


def test_in_a_room_without_motion_no_face_is_a_picture():
    pictures = PictureFilter()
    counted, found = watch(pictures, film(LONG, moving_room=False))
    assert all(counted)
    assert not found


def test_a_known_picture_is_recognized_at_once_under_another_track(wall):
    pictures = PictureFilter()
    watch(pictures, wall)
    x, y, width, height = BOX
    again = watch(pictures, wall[:20], LONG + 600.0, 2, (x + 3, y - 2, width + 4, height + 4))
    assert again == ([False] * 20, [])


def test_a_person_in_front_of_a_picture_counts_until_they_leave(wall):
    pictures = PictureFilter()
    watch(pictures, wall)
    in_front = [np.ascontiguousarray(frame[:, ::-1]) for frame in film(20, 0.3, seed=2)]
    counted, _ = watch(pictures, in_front, LONG + 10.0, 2)
    assert sum(counted) >= 19
    assert watch(pictures, wall[:5], LONG + 40.0, 3) == ([False] * 5, [])


def test_a_picture_whose_face_is_missed_at_times_is_found(wall):
    pictures = PictureFilter()
    counted, found = [], []
    for part in range(0, LONG, 20):
        seen = watch(pictures, wall[part : part + 20], part * 2.0, part)
        counted += seen[0]
        found += seen[1]
    assert not counted[-1]
    assert found == [BOX]


def test_frames_of_another_size_are_of_another_room(wall):
    pictures = PictureFilter()
    watch(pictures, wall)
    smaller = [frame[:110] for frame in wall[:3]]
    assert watch(pictures, smaller, LONG + 1.0) == ([True] * 3, [])


def test_a_face_that_is_missing_for_a_moment_remains_what_it_was(wall):
    pictures = PictureFilter()
    watch(pictures, wall)
    missing = FaceTrack(1, BOX, 0.0, 0.0, LONG - 1.0)
    assert pictures.people([missing], wall[0], LONG + 1.0) == []
