"""The controller of a queue, with a server in memory."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.config.settings import PlayerSettings
from edge.music.recommendation import RecommendedTrack
from edge.players.music_server import ServerPlayback
from edge.players.player import PlayerState
from edge.players.player_intent import PlayerIntent, PlayRequest
from edge.players.queue_controller import QueueController
from edge.players.saved_server_state import SavedServerState
from edge.players.spotify_uris import SpotifyUris
from tests.edge.fake_music import track
from tests.edge.players.fake_music_server import FakeMusicServer
from tests.raising import raises

PLAYING, PAUSED, STOPPED = ServerPlayback.PLAYING, ServerPlayback.PAUSED, ServerPlayback.STOPPED


class Control:
    """A controller of a server in memory, and its intent."""

    def __init__(
        self,
        folder: Path,
        server: FakeMusicServer | None = None,
        min_queue_seconds: float = 60.0,
        **settings: Any,
    ) -> None:
        self.server = server or FakeMusicServer()
        self.saved_state = SavedServerState(folder / "server-state.json", "fake")
        self.saved_state.load()
        self.controller = QueueController(
            self.server, PlayerSettings(**settings), self.saved_state, min_queue_seconds
        )
        self.intent = PlayerIntent()

    def update(self, **changes: Any) -> PlayerState:
        """Change the intent, and apply it to the queue."""
        self.intent = replace(self.intent, **changes)
        return self.controller.update(self.intent, self.server.read_queue(), SpotifyUris())

    def play(self, *numbers: int, interrupt: bool = False) -> PlayerState:
        return self.update(request=request(*numbers, interrupt=interrupt))

    def reconnect(self) -> PlayerState:
        self.controller.on_connect(self.server.read_queue())
        return self.update()


@pytest.fixture
def control(tmp_path: Path) -> Control:
    return Control(tmp_path)


def request(*numbers: int, interrupt: bool = False) -> PlayRequest:
    tracks = tuple(RecommendedTrack(track(f"{n:022}"), "a reason") for n in numbers)
    return PlayRequest(tracks, interrupt)


def uris(*numbers: int) -> list[str]:
    return [f"spotify:track:{n:022}" for n in numbers]


def test_fills_the_queue_and_reports_the_current_track(control):
    state = control.play(1, 2, 3)
    assert control.server.uris == uris(1, 2, 3)
    assert control.server.playback is PLAYING
    assert state.playing == control.intent.request.tracks[0]
    assert not state.needs_tracks


def test_needs_tracks_during_the_last_one_and_after_it(tmp_path):
    control = Control(tmp_path, min_queue_seconds=0.0)
    control.play(1, 2)
    control.server.play(control.server.read_queue().entries[1])
    assert control.update().needs_tracks
    control.server.change_queue(current_id=None, playback=STOPPED)
    assert control.update() == PlayerState(is_finished=True, needs_tracks=True)


def test_new_tracks_follow_the_current_one_unless_they_interrupt(control):
    control.play(1, 2)
    control.play(3, 4)
    assert control.server.uris == uris(1, 3, 4)
    control.play(5, interrupt=True)
    assert control.server.uris == uris(5)
    assert control.server.current_uri == uris(5)[0]


def test_pauses_and_resumes_with_the_intent(control):
    control.play(1, 2)
    control.update(paused=True)
    assert control.server.playback is PAUSED
    assert not control.update().paused_externally
    control.update(paused=False)
    assert control.server.playback is PLAYING


def test_plays_no_request_while_paused(control):
    control.update(paused=True)
    control.play(1)
    assert control.server.uris == []
    control.update(paused=False)
    assert control.server.uris == uris(1)


@pytest.mark.parametrize("playback", [PAUSED, STOPPED])
def test_an_external_pause_outlasts_a_pause_by_moodpi_and_new_tracks(control, playback):
    control.play(1, 2)
    control.server.change_queue(playback=playback)
    assert control.update().paused_externally
    control.update(paused=True)
    control.update(paused=False)
    assert control.play(3).paused_externally
    assert control.server.playback is playback
    assert control.server.uris == uris(1, 2)
    control.server.change_queue(playback=PLAYING)
    assert not control.update().paused_externally
    assert control.server.uris == uris(1, 3)


@pytest.mark.parametrize("playback", [PAUSED, STOPPED])
def test_a_requested_resume_ends_an_external_pause(control, playback):
    control.play(1, 2)
    control.server.change_queue(playback=playback)
    control.update()
    assert not control.update(resume_requests=1).paused_externally
    assert control.server.playback is PLAYING


def test_a_requested_resume_waits_for_the_end_of_a_pause(control):
    control.play(1, 2)
    control.server.change_queue(playback=PAUSED)
    control.update()
    control.update(paused=True, resume_requests=1)
    assert control.server.playback is PAUSED
    control.update(paused=False)
    assert control.server.playback is PLAYING


def test_an_interrupting_request_ends_an_external_pause(control):
    control.play(1, 2)
    control.server.change_queue(playback=PAUSED)
    control.update()
    assert not control.play(3, interrupt=True).paused_externally
    assert (control.server.uris, control.server.playback) == (uris(3), PLAYING)


def test_an_external_resume_overrides_a_pause_by_moodpi(control):
    control.play(1, 2)
    control.update(paused=True)
    control.server.change_queue(playback=PLAYING)
    control.update()
    assert control.server.playback is PLAYING
    control.server.change_queue(playback=PAUSED)
    assert control.update().paused_externally
    control.update(paused=False)
    assert control.server.playback is PAUSED


def test_leaves_an_external_queue_alone(control):
    control.server.append(["external"])
    state = control.play(1)
    assert state.error_code == "external_queue"
    assert control.server.uris == ["external"]
    control.server.change_queue(entries=())
    control.update()
    assert control.server.uris == uris(1)


def test_releases_a_queue_that_gets_an_external_entry(control):
    control.play(1, 2)
    assert control.server.options == {"random": "0"}
    control.server.append(["external"])
    assert control.update().error_code == "external_queue"
    assert control.server.options == {"random": "1"}
    assert control.saved_state.options is None
    assert control.server.uris == [*uris(1, 2), "external"]


def test_take_over_saves_an_external_queue_unless_it_is_paused(tmp_path):
    control = Control(tmp_path, take_over=True)
    (entry,) = control.server.append(["external"])
    control.server.change_queue(current_id=entry.id, playback=PAUSED)
    assert control.play(1).error_code == "external_queue"
    assert control.server.playlists == {}
    control.server.change_queue(playback=PLAYING)
    control.update()
    assert list(control.server.playlists.values()) == [["external"]]
    # The external song is played to its end.
    assert control.server.uris == ["external", *uris(1)]


def test_removes_excluded_tracks_and_skips_the_current_one(control):
    control.play(1, 2, 3)
    ids = frozenset(recommended.track.id for recommended in request(1, 2).tracks)
    control.update(excluded_ids=ids)
    assert (control.server.uris, control.server.current_uri) == (uris(3), uris(3)[0])


def test_needs_tracks_if_all_are_excluded(control):
    control.play(1)
    ids = frozenset(recommended.track.id for recommended in request(1).tracks)
    assert control.update(excluded_ids=ids).needs_tracks
    assert control.server.uris == []


def test_plays_the_others_after_a_pause_in_which_the_current_track_is_excluded(control):
    control.play(1, 2, 3)
    control.update(paused=True)
    ids = frozenset(recommended.track.id for recommended in request(1, 2).tracks)
    control.update(excluded_ids=ids)
    assert control.server.read_queue().playback is not PLAYING
    control.update(paused=False)
    control.update()
    assert control.server.read_queue().playback is PLAYING
    assert (control.server.uris, control.server.current_uri) == (uris(3), uris(3)[0])


def test_needs_tracks_after_a_pause_in_which_all_are_excluded(control):
    control.play(1, 2)
    control.update(paused=True)
    ids = frozenset(recommended.track.id for recommended in request(1, 2).tracks)
    control.update(excluded_ids=ids)
    assert control.update(paused=False).needs_tracks


def test_needs_tracks_if_the_server_has_none_of_them(control):
    control.intent = PlayerIntent(request(1))
    state = control.controller.update(control.intent, control.server.read_queue(), {})
    assert state.needs_tracks


def test_fails_if_the_server_rejects_all_tracks(control):
    control.server.rejects_all = True
    with raises("tracks_rejected"):
        control.play(1)


def test_fails_while_the_server_reports_an_error_and_retries_after_it(control):
    control.play(1, 2)
    control.server.change_queue(playback=PAUSED, error="no sound card")
    with raises("playback_failed"):
        control.update()
    control.reconnect()
    # Track 1 had started, and is not repeated.
    assert (control.server.uris, control.server.playback) == (uris(2), PLAYING)


def test_a_track_without_sound_does_not_play(control):
    control.play(1)
    control.server.change_queue(elapsed=0.0)
    state = control.update()
    assert state.playing is None
    assert not state.needs_tracks


def test_a_heard_track_is_reported_once_for_each_time_it_plays(control):
    control.play(1, 2)
    for entry in (*control.server.read_queue().entries, control.server.read_queue().entries[0]):
        control.server.play(entry)
        control.update()
        for elapsed in (100.0, 200.0, 300.0):
            time.sleep(0.1)
            control.server.change_queue(elapsed=elapsed)
            control.update()
    first, second = control.intent.request.tracks
    assert control.update().heard == (first, second, first)


def test_fails_if_all_tracks_end_early(control):
    control.play(1)
    control.server.change_queue(current_id=None, playback=STOPPED)
    with raises("tracks_end_early"):
        control.update()


def test_plays_the_remaining_tracks_after_a_restart_of_the_server(control):
    control.play(1, 2, 3)
    control.server.change_queue(entries=(), current_id=None, playback=STOPPED)
    control.reconnect()
    assert control.server.uris == uris(2, 3)


def test_continues_a_queue_that_plays_after_a_reconnection(control):
    control.play(1, 2, 3)
    control.reconnect()
    assert control.server.uris == uris(1, 2, 3)


def test_resumes_after_a_reconnection_if_its_pause_has_ended(control):
    control.play(1, 2, 3)
    control.update(paused=True)
    control.reconnect()
    assert control.server.playback is PAUSED
    control.intent = replace(control.intent, paused=False)
    state = control.reconnect()
    assert (control.server.playback, control.server.uris) == (PLAYING, uris(1, 2, 3))
    assert state.playing == control.intent.request.tracks[0]


@pytest.mark.parametrize("paused", [False, True])
def test_an_external_pause_outlasts_a_reconnection(control, paused):
    control.play(1, 2)
    control.server.change_queue(playback=PAUSED)
    control.update()
    control.update(paused=paused)
    control.intent = replace(control.intent, paused=False)
    assert control.reconnect().paused_externally
    assert control.update().paused_externally
    assert control.server.playback is PAUSED


def test_a_pause_by_moodpi_does_not_resume_an_external_queue_after_a_reconnection(control):
    control.play(1, 2)
    control.update(paused=True)
    (entry,) = control.server.append(["external"])
    control.server.change_queue(current_id=entry.id)
    control.intent = replace(control.intent, paused=False)
    assert control.reconnect().error_code == "external_queue"
    assert control.server.playback is PAUSED


def test_release_removes_the_tracks_and_restores_the_options(control):
    control.play(1, 2)
    control.controller.release(control.server.read_queue())
    assert control.server.uris == []
    assert control.server.options == {"random": "1"}


def test_release_leaves_an_external_queue_alone(control):
    control.server.append(["external"])
    control.controller.release(control.server.read_queue())
    assert control.server.uris == ["external"]


def test_recognizes_its_entries_after_a_crash(tmp_path):
    before = Control(tmp_path)
    before.play(1, 2)
    after = Control(tmp_path, server=before.server)
    assert after.reconnect() == PlayerState()
    after.play(3)
    assert after.server.uris == uris(1, 3)
    after.controller.release(after.server.read_queue())
    assert after.server.options == {"random": "1"}
