"""Confirmation of tracks that persist."""

from __future__ import annotations

from edge.vision.presence_filter import PresenceFilter
from edge.vision.tracker import FaceTrack

BOX = (10, 10, 50, 50)


def track(last_seen: float, searches: int, detections: int, track_id: int = 1) -> FaceTrack:
    return FaceTrack(track_id, BOX, 0.0, 0.0, last_seen, searches, detections)


def test_a_face_is_confirmed_after_the_persistence():
    presence_filter = PresenceFilter(0.4)
    assert presence_filter.confirm([track(0.0, 1, 1)]) == []
    assert presence_filter.confirm([track(0.3, 4, 4)]) == []
    lasted = track(0.4, 5, 5)
    assert presence_filter.confirm([lasted]) == [lasted]


def test_a_face_in_half_of_the_frames_is_never_confirmed():
    presence_filter = PresenceFilter(0.4)
    assert all(presence_filter.confirm([track(n / 10, n, n // 2)]) == [] for n in range(1, 100))


def test_one_detection_is_never_enough():
    assert PresenceFilter(0.0).confirm([track(0.0, 1, 1)]) == []


def test_a_missing_face_stays_confirmed_until_it_is_lost():
    presence_filter = PresenceFilter(0.4)
    presence_filter.confirm([track(0.4, 5, 5)])
    hidden = track(0.4, 14, 5)
    assert presence_filter.confirm([hidden]) == [hidden]
    assert presence_filter.confirm([]) == []
    assert presence_filter.confirm([hidden]) == []


def test_at_one_frame_a_second_two_detections_confirm():
    presence_filter = PresenceFilter(0.4)
    assert presence_filter.confirm([track(0.0, 1, 1)]) == []
    assert len(presence_filter.confirm([track(1.0, 2, 2)])) == 1
