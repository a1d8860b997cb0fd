"""The status as JSON and as text."""

from __future__ import annotations

from typing import Any

import pytest

from edge.daemon.status import DaemonStatus
from moodpi.cli.status_text import status_lines
from tests.raising import raises

TRACK = {
    "id": "a" * 22,
    "title": "Song",
    "artist": "Band",
    "album": None,
    "valence": 0.5,
    "arousal": 0.1,
    "why": "like your happy mood",
    "url": "https://open.spotify.com/track/" + "a" * 22,
}
OTHER = {**TRACK, "id": "b" * 22, "title": "Other"}
DOCUMENT: dict[str, Any] = {
    "uptime": 65.0,
    "analysis_seconds": 1.5,
    "frames": 10,
    "scanned": 2,
    "tracked": 3,
    "skipped": 5,
    "dropped": 1,
    "faces": 8,
    "changes": 1,
    "presence": {"event": "presence", "time": 1.0, "present": True},
    "mood": {
        "event": "mood",
        "time": 2.0,
        "emotion": "happy",
        "confidence": 0.39,
        "belief": 0.92,
        "share": 0.39,
        "valence": 0.6,
        "arousal": 0.2,
        "why": "first mood",
    },
    "tracks": {"event": "tracks", "time": 3.0, "tracks": [TRACK, OTHER]},
    "playing": {"event": "playing", "time": 4.0, "track": OTHER},
    "ratings": {},
    "paused": False,
    "pause_reason": "",
    "strategy": "match",
    "source": "picamera2",
    "player": "mpd",
    "songs": {"total": 1024, "playable": 812},
    "player_error": "",
    "camera_error": "",
    "song_analysis": "",
    "resting_face": None,
    "preview": None,
}
EMPTY: dict[str, Any] = {"presence": None, "mood": None, "tracks": None, "playing": None}


def text(**changes: object) -> list[str]:
    return status_lines(DaemonStatus.from_json({**DOCUMENT, **changes}))


def test_json_is_read_and_written_without_loss() -> None:
    assert DaemonStatus.from_json(DOCUMENT).to_json() == DOCUMENT


def test_other_fields_are_ignored() -> None:
    event = {"event": "status", "time": 5.0, "history": [], **DOCUMENT}
    assert DaemonStatus.from_json(event).to_json() == DOCUMENT


@pytest.mark.parametrize("field", ["frames", "pause_reason"])
def test_a_missing_field_means_another_version(field: str) -> None:
    document = {name: value for name, value in DOCUMENT.items() if name != field}
    with raises("version_mismatch"):
        DaemonStatus.from_json(document)


def test_without_events_nobody_is_in_view_and_nothing_plays() -> None:
    status = DaemonStatus.from_json({**DOCUMENT, **EMPTY})
    assert not status.person_present
    assert status.playing_track is None
    assert status.listed_tracks == []


def test_text_states_the_mood_the_tracks_and_the_devices() -> None:
    first, *lines = text()
    assert first.startswith("Happy since ")
    assert first.endswith(" (belief 92%, share 39%)")
    assert lines == [
        "  1. Song - Band",
        "> 2. Other - Band: like your happy mood",
        "Camera: picamera2",
        "Player: mpd, can select 812 of 1,024 songs",
        "Strategy: match",
        "Running for 0:01:05",
    ]
    status = DaemonStatus.from_json(DOCUMENT)
    counts = "frames 10, scanned 2, tracked 3, skipped 5, dropped 1, faces 8, changes 1"
    assert status_lines(status, counts=True) == [first, *lines, counts]


@pytest.mark.parametrize(
    ("present", "line"), [(True, "Somebody in view, no mood yet"), (False, "Nobody in view")]
)
def test_text_without_a_mood_states_whether_somebody_is_in_view(present: bool, line: str) -> None:
    presence = {**DOCUMENT["presence"], "present": present}
    assert text(mood=None, presence=presence)[0] == line


def test_text_shows_the_pause_reason_and_errors() -> None:
    errors = {
        "camera_error": "the camera is lost",
        "player_error": "MPD does not answer",
        "song_analysis": "3 of 4 songs",
    }
    lines = text(pause_reason="Quiet until 07:00", songs=None, **errors, **EMPTY)
    assert lines[:5] == [
        "Nobody in view",
        "Quiet until 07:00",
        "Camera: picamera2: the camera is lost",
        "Player: mpd: MPD does not answer",
        "Songs: 3 of 4 songs",
    ]


def test_text_shows_the_resting_face_and_why_it_is_not_applied() -> None:
    resting = {"origin": "calibrated", "applied": True, "why": ""}
    assert "Resting face: calibrated" in text(resting_face=resting)
    assert not any("Resting" in line for line in text(resting_face={**resting, "origin": None}))
    other = {**resting, "applied": False, "why": "it was measured with another model"}
    expected = "Resting face: calibrated, not applied: it was measured with another model"
    assert expected in text(resting_face=other)
