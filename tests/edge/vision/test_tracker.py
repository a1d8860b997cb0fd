"""Tracking of faces that move, roll, disappear and return."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.vision.detector import HaarFaceDetector
from edge.vision.tracker import LOST_TIMEOUT, SCAN_INTERVAL, FaceTracker
from tests.grey_picture import grey_picture

WIDTH, HEIGHT = 640, 360
RESCAN = 3.0


@pytest.fixture(scope="module")
def person(portrait) -> np.ndarray:
    """Head and shoulders; the face in the middle is 94 pixels wide."""
    return grey_picture(portrait)[0:320, 74:374]


@pytest.fixture
def tracker() -> FaceTracker:
    return FaceTracker(HaarFaceDetector(480, 30, 6), RESCAN)


def scene(*people: tuple[np.ndarray, float, float, float, float]) -> np.ndarray:
    """A grey room with people: (picture, x and y of the face's centre, scale, roll)."""
    room = np.full((HEIGHT, WIDTH), 110, np.uint8)
    for picture, x, y, scale, roll in people:
        matrix = cv2.getRotationMatrix2D((150, 115), -roll, scale)
        matrix[:, 2] += np.array([x - 150, y - 115])
        cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), room, borderMode=cv2.BORDER_TRANSPARENT)
    return room


def middle(box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def test_a_face_is_detected_by_a_full_scan_and_then_tracked_without(tracker, person):
    scans = [tracker.update(scene((person, 200 + 6 * n, 150, 1, 0)), n / 10) for n in range(25)]
    assert scans == [True] + [False] * 24
    (track,) = tracker.visible
    assert (track.track_id, track.searches, track.detections) == (1, 25, 25)
    assert middle(track.box) == pytest.approx((344, 150), abs=12)


def test_a_face_that_comes_nearer_is_tracked(tracker, person):
    for n in range(20):
        tracker.update(scene((person, 320, 160, 0.6 + 0.05 * n, 0)), n / 10)
    (track,) = tracker.visible
    assert track.track_id == 1
    assert track.box[2] == pytest.approx(94 * 1.55, rel=0.25)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_head_that_leans_is_tracked_with_its_roll(tracker, person, sign):
    for n in range(30):
        tracker.update(scene((person, 320, 160, 1, sign * n)), n / 10)
    (track,) = tracker.visible
    assert track.track_id == 1
    assert track.roll == sign * 25


@pytest.mark.parametrize("roll", [28, -28])
def test_a_leaning_head_is_detected_within_a_second(tracker, person, roll):
    for n in range(11):
        tracker.update(scene((person, 320, 160, 1, roll)), n / 10)
    (track,) = tracker.visible
    assert middle(track.box) == pytest.approx((320, 160), abs=12)


def test_periodic_full_scans_detect_a_second_person(tracker, person):
    alone, joined = (person, 200, 150, 1, 0), (person, 480, 150, 0.8, 0)
    for n in range(20):
        tracker.update(scene(alone), n / 10)
    scans = [n / 10 for n in range(20, 45) if tracker.update(scene(alone, joined), n / 10)]
    assert scans == [RESCAN]
    assert sorted(round(middle(one.box)[0], -1) for one in tracker.visible) == [200, 480]


def test_a_missing_face_causes_full_scans_until_it_is_lost(tracker, person):
    nobody = scene()
    tracker.update(scene((person, 200, 150, 1, 0)), 0.0)
    scans = [n / 10 for n in range(1, 20) if tracker.update(nobody, n / 10)]
    assert tracker.tracks == []
    assert scans[0] <= SCAN_INTERVAL + 0.1
    assert np.diff(scans).max() <= SCAN_INTERVAL + 0.1


def test_a_face_that_is_hidden_briefly_keeps_its_track(tracker, person):
    here = scene((person, 200, 150, 1, 0))
    tracker.update(here, 0.0)
    for n in range(1, round(LOST_TIMEOUT * 10) - 1):
        tracker.update(scene(), n / 10)
        assert tracker.visible == []
        assert len(tracker.tracks) == 1
    tracker.update(here, LOST_TIMEOUT - 0.1)
    assert [track.track_id for track in tracker.visible] == [1]


def test_a_face_at_another_position_is_a_new_track(tracker, person):
    tracker.update(scene((person, 120, 150, 1, 0)), 0.0)
    for n in range(1, 15):
        tracker.update(scene((person, 520, 150, 1, 0)), n / 10)
    assert [track.track_id for track in tracker.visible] == [2]


def test_two_people_who_pass_each_other_stay_two_tracks(tracker, person):
    for n in range(60):
        left, right = 120 + 7 * n, 540 - 7 * n
        tracker.update(scene((person, left, 140, 0.7, 0), (person, right, 150, 1, 0)), n / 10)
    assert len(tracker.visible) == 2


def test_a_walk_is_tracked_at_five_and_at_fifteen_frames_a_second(person):
    for rate in (5, 15):
        tracker = FaceTracker(HaarFaceDetector(480, 30, 6), RESCAN)
        for n in range(2 * rate):
            tracker.update(scene((person, 150 + 150 * n / rate, 150, 1, 0)), n / rate)
        (track,) = tracker.visible
        assert track.track_id == 1


def test_a_clock_that_restarts_resets_the_tracker(tracker, person):
    here = scene((person, 200, 150, 1, 0))
    tracker.update(here, 1000.0)
    assert tracker.update(here, 0.0)
    assert [track.track_id for track in tracker.visible] == [2]
