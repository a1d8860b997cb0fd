"""Who counts: what lasts, and is seen most of the time."""

from __future__ import annotations

from edge.vision.presence_filter import PresenceFilter
from edge.vision.tracker import FaceTrack

BOX = (10, 10, 50, 50)


def track(last_seen: float, searches: int, detections: int, track_id: int = 1) -> FaceTrack:
    return FaceTrack(track_id, BOX, 0.0, 0.0, last_seen, searches, detections)


def test_a_face_counts_once_it_has_lasted():
    presence_filter = PresenceFilter(0.4)
    assert presence_filter.confirm([track(0.0, 1, 1)]) == []
    assert presence_filter.confirm([track(0.3, 4, 4)]) == []
    lasted = track(0.4, 5, 5)
    assert presence_filter.confirm([lasted]) == [lasted]


def test_a_curtain_that_flickers_does_not_count_however_long():
    presence_filter = PresenceFilter(0.4)
    assert all(presence_filter.confirm([track(n / 10, n, n // 2)]) == [] for n in range(1, 100))


def test_one_look_is_never_enough():
    assert PresenceFilter(0.0).confirm([track(0.0, 1, 1)]) == []


def test_whoever_counted_does_so_while_out_of_sight_and_nobody_does_after():
    presence_filter = PresenceFilter(0.4)
    presence_filter.confirm([track(0.4, 5, 5)])
    hidden = track(0.4, 14, 5)
    assert presence_filter.confirm([hidden]) == [hidden]
    assert presence_filter.confirm([]) == []
    assert presence_filter.confirm([hidden]) == []


def test_frames_a_second_apart_need_two():
    presence_filter = PresenceFilter(0.4)
    assert presence_filter.confirm([track(0.0, 1, 1)]) == []
    assert len(presence_filter.confirm([track(1.0, 2, 2)])) == 1
