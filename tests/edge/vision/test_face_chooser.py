"""The choice among several faces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.vision.face_chooser import FACE_CHOOSERS, RETURN_TIME, SWITCH_TIME, FaceChooser
from edge.vision.tracker import FaceTrack

SHAPE = (480, 640)
RATE = 5


def face(
    track_id: int, x: int, side: int, last_seen: float = 1.0, first_seen: float = 0.0
) -> FaceTrack:
    return FaceTrack(track_id, (x, 200, side, side), 0.0, first_seen, last_seen)


def chosen_ids(chooser: FaceChooser, tracks: list[FaceTrack], time: float = 1.0) -> list[int]:
    return [track.track_id for track in chooser.choose(tracks, SHAPE, time)]


def watch(
    chooser: FaceChooser, tracks: list[FaceTrack], start: float, seconds: float
) -> list[list[int]]:
    """The choices while the same faces are visible all the time."""
    times = [start + number / RATE for number in range(round(seconds * RATE))]
    return [
        chosen_ids(chooser, [replace(track, last_seen=time) for track in tracks], time)
        for time in times
    ]


@pytest.mark.parametrize("name", FACE_CHOOSERS)
def test_without_a_face_none_is_chosen(name):
    assert FACE_CHOOSERS[name]().choose([], SHAPE, 1.0) == []


@pytest.mark.parametrize("name", FACE_CHOOSERS)
def test_a_missing_face_is_not_chosen(name):
    assert FACE_CHOOSERS[name]().choose([face(1, 0, 100, last_seen=0.6)], SHAPE, 1.0) == []


def test_largest_chooses_the_largest_face():
    assert chosen_ids(FACE_CHOOSERS["largest"](), [face(2, 300, 60), face(1, 0, 120)]) == [1]


def test_center_chooses_the_face_nearest_to_the_centre():
    assert chosen_ids(FACE_CHOOSERS["center"](), [face(1, 0, 120), face(2, 300, 60)]) == [2]


def test_household_chooses_all_visible_faces():
    people = [face(1, 0, 120), face(2, 300, 60), face(3, 500, 60, last_seen=0.5)]
    assert chosen_ids(FACE_CHOOSERS["household"](), people) == [1, 2]


@pytest.mark.parametrize("other", [80, 98, 120, 138])
def test_two_faces_of_like_size_do_not_alternate(other):
    chooser = FACE_CHOOSERS["largest"]()
    assert chosen_ids(chooser, [face(1, 0, 100), face(2, 300, 98)]) == [1]
    later = watch(chooser, [face(1, 0, 100), face(2, 300, other)], 1.2, 10)
    assert later == [[1]] * len(later)


def test_a_clearly_larger_face_is_chosen_after_a_while():
    chooser = FACE_CHOOSERS["largest"]()
    assert chosen_ids(chooser, [face(1, 0, 100), face(2, 300, 90)]) == [1]
    later = watch(chooser, [face(1, 0, 100), face(2, 300, 150)], 1.2, SWITCH_TIME + 2)
    before = round(SWITCH_TIME * RATE)
    assert later[:before] == [[1]] * before
    assert later[before:] == [[2]] * (len(later) - before)


def test_a_face_that_is_larger_for_a_moment_is_not_chosen():
    chooser = FACE_CHOOSERS["largest"]()
    near, far = [face(1, 0, 100), face(2, 300, 160)], [face(1, 0, 100), face(2, 300, 100)]
    assert chosen_ids(chooser, far) == [1]
    for start in (2, 6, 10):
        seen = watch(chooser, near, start, SWITCH_TIME / 2) + watch(chooser, far, start + 2, 2)
        assert seen == [[1]] * len(seen)


def test_another_face_is_chosen_only_when_the_chosen_person_stays_away():
    chooser = FACE_CHOOSERS["largest"]()
    assert chosen_ids(chooser, [face(1, 0, 100), face(2, 300, 90)]) == [1]
    later = watch(chooser, [face(2, 300, 90)], 1.2, RETURN_TIME + 2)
    waiting = round((RETURN_TIME - 0.2) * RATE)
    assert later[:waiting] == [[]] * waiting
    assert later[waiting:] == [[2]] * (len(later) - waiting)


def test_the_chosen_person_is_recognized_at_the_same_place_with_a_new_track():
    chooser = FACE_CHOOSERS["largest"]()
    assert chosen_ids(chooser, [face(1, 0, 100), face(2, 300, 110)]) == [2]
    watch(chooser, [face(1, 0, 100)], 1.2, RETURN_TIME / 2)
    back = face(3, 330, 95, last_seen=5.0, first_seen=5.0)
    assert chosen_ids(chooser, [face(1, 0, 100, last_seen=5.0), back], 5.0) == [3]


def test_a_source_that_restarts_forgets_the_choice():
    chooser = FACE_CHOOSERS["largest"]()
    assert chosen_ids(chooser, [face(1, 0, 100, last_seen=60.0)], 60.0) == [1]
    assert chosen_ids(chooser, [face(1, 300, 80, last_seen=0.0)], 0.0) == [1]
    assert chosen_ids(chooser, [face(2, 0, 60, last_seen=0.2)], 0.2) == []
