"""Who counts: what lasts, and is seen most of the time."""

from __future__ import annotations

from edge.vision.presence import Presence
from edge.vision.tracker import FaceTrack

BOX = (10, 10, 50, 50)


def track(seen: float, looks: int, sightings: int, number: int = 1) -> FaceTrack:
    return FaceTrack(number, BOX, 0.0, 0.0, seen, looks, sightings)


def test_a_face_counts_once_it_has_lasted():
    presence = Presence(0.4)
    assert presence.confirm([track(0.0, 1, 1)]) == []
    assert presence.confirm([track(0.3, 4, 4)]) == []
    lasted = track(0.4, 5, 5)
    assert presence.confirm([lasted]) == [lasted]


def test_a_curtain_that_flickers_does_not_count_however_long():
    presence = Presence(0.4)
    assert all(presence.confirm([track(n / 10, n, n // 2)]) == [] for n in range(1, 100))


def test_one_look_is_never_enough():
    assert Presence(0.0).confirm([track(0.0, 1, 1)]) == []


def test_whoever_counted_does_so_while_out_of_sight_and_nobody_does_after():
    presence = Presence(0.4)
    presence.confirm([track(0.4, 5, 5)])
    hidden = track(0.4, 14, 5)
    assert presence.confirm([hidden]) == [hidden]
    assert presence.confirm([]) == []
    assert presence.confirm([hidden]) == []


def test_frames_a_second_apart_need_two():
    presence = Presence(0.4)
    assert presence.confirm([track(0.0, 1, 1)]) == []
    assert len(presence.confirm([track(1.0, 2, 2)])) == 1
