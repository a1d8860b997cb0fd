"""The choice among several faces."""

from __future__ import annotations

import pytest

from edge.vision.face_chooser import FACE_CHOOSERS
from edge.vision.tracker import FaceTrack

SHAPE = (480, 640)


def face(track_id: int, x: int, side: int) -> FaceTrack:
    return FaceTrack(track_id, (x, 200, side, side), 0.0, 0.0, 1.0)


@pytest.mark.parametrize("name", FACE_CHOOSERS)
def test_without_a_face_none_is_chosen(name):
    assert FACE_CHOOSERS[name]().choose([], SHAPE) == []


def test_largest_chooses_the_largest_face():
    near, far = face(1, 0, 120), face(2, 300, 60)
    assert FACE_CHOOSERS["largest"]().choose([far, near], SHAPE) == [near]


def test_center_chooses_the_face_nearest_to_the_centre():
    left, middle = face(1, 0, 120), face(2, 300, 60)
    assert FACE_CHOOSERS["center"]().choose([left, middle], SHAPE) == [middle]


def test_household_chooses_all_faces():
    people = [face(1, 0, 120), face(2, 300, 60)]
    assert FACE_CHOOSERS["household"]().choose(people, SHAPE) == people


def test_two_similar_faces_do_not_alternate():
    chooser = FACE_CHOOSERS["largest"]()
    first = [chooser.choose([face(1, 0, 100), face(2, 300, 98)], SHAPE)[0].track_id]
    then = [
        chooser.choose([face(1, 0, 100), face(2, 300, 98 + n % 8)], SHAPE)[0].track_id
        for n in range(20)
    ]
    assert set(first + then) == {1}
    assert chooser.choose([face(1, 0, 100), face(2, 300, 130)], SHAPE)[0].track_id == 2


def test_another_face_is_chosen_when_the_chosen_one_is_lost():
    chooser = FACE_CHOOSERS["largest"]()
    chooser.choose([face(1, 0, 100), face(2, 300, 90)], SHAPE)
    assert chooser.choose([face(2, 300, 90)], SHAPE)[0].track_id == 2
