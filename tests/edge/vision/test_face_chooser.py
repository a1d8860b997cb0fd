"""Whose mood it is, of several people."""

from __future__ import annotations

import pytest

from edge.vision.face_chooser import FACE_CHOOSERS
from edge.vision.tracker import FaceTrack

SHAPE = (480, 640)


def face(track_id: int, x: int, side: int) -> FaceTrack:
    return FaceTrack(track_id, (x, 200, side, side), 0.0, 0.0, 1.0)


@pytest.mark.parametrize("name", FACE_CHOOSERS)
def test_of_nobody_nobody_is_chosen(name):
    assert FACE_CHOOSERS[name]().choose([], SHAPE) == []


def test_the_largest_is_the_nearest_to_the_camera():
    near, far = face(1, 0, 120), face(2, 300, 60)
    assert FACE_CHOOSERS["largest"]().choose([far, near], SHAPE) == [near]


def test_the_central_one_is_the_nearest_to_the_middle():
    aside, middle = face(1, 0, 120), face(2, 300, 60)
    assert FACE_CHOOSERS["center"]().choose([aside, middle], SHAPE) == [middle]


def test_a_household_is_everybody():
    people = [face(1, 0, 120), face(2, 300, 60)]
    assert FACE_CHOOSERS["household"]().choose(people, SHAPE) == people


def test_two_who_are_alike_do_not_take_turns():
    chooser = FACE_CHOOSERS["largest"]()
    first = [chooser.choose([face(1, 0, 100), face(2, 300, 98)], SHAPE)[0].track_id]
    then = [
        chooser.choose([face(1, 0, 100), face(2, 300, 98 + n % 8)], SHAPE)[0].track_id
        for n in range(20)
    ]
    assert set(first + then) == {1}
    assert chooser.choose([face(1, 0, 100), face(2, 300, 130)], SHAPE)[0].track_id == 2


def test_when_the_chosen_one_leaves_another_is_chosen():
    chooser = FACE_CHOOSERS["largest"]()
    chooser.choose([face(1, 0, 100), face(2, 300, 90)], SHAPE)
    assert chooser.choose([face(2, 300, 90)], SHAPE)[0].track_id == 2
