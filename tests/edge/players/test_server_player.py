"""The thread of a player on a music server: connections, retries and the library."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from edge.config.settings import PlayerSettings
from edge.players.music_server import ServerPlayback
from edge.players.server_library import ServerLibrary
from edge.players.server_player import ServerPlayer
from edge.players.spotify_uris import SpotifyUris
from moodpi.errors import MoodpiError
from tests.edge.players.fake_music_server import FakeMusicServer
from tests.edge.players.open_player import OpenPlayer, open_player
from tests.waiting import wait_for


@contextmanager
def player_on(server: FakeMusicServer) -> Iterator[OpenPlayer]:
    settings = PlayerSettings(kind="mpd")
    player = ServerPlayer(settings, None, server, retry_delays=(0.05, 0.2))
    with open_player(player) as opened:
        yield opened


def test_plays_on_a_server_with_every_track():
    server = FakeMusicServer()
    with player_on(server) as opened:
        opened.wait_for_library()
        assert opened.player.fetch_library() is None
        opened.wait_for_title(opened.play("happy")[0])
        assert len(server.uris) == 5
    assert server.uris == []


def test_reports_a_library_without_tracks_of_the_catalogue():
    with player_on(FakeMusicServer(spotify=False)) as opened:
        message = opened.wait_for_error("no_playable_songs")
        assert message == "fake: 0 of 0 songs are in the catalogue"
        assert not opened.state.needs_tracks


def test_a_listing_that_fails_later_does_not_end_the_music(caplog, monkeypatch):
    def fail(_server):
        raise MoodpiError("no album", code="invalid_answer")

    monkeypatch.setattr(FakeMusicServer, "lists_separately", True)
    server = FakeMusicServer(spotify=False)
    library = ServerLibrary(server, None, threading.Event())
    library.on_connect()
    monkeypatch.setattr(FakeMusicServer, "library_version", fail)
    library.update_if_due()
    library.update_if_due()
    assert caplog.text.count("no album") == 1
    monkeypatch.setattr(FakeMusicServer, "lists_separately", False)
    with pytest.raises(MoodpiError):
        library.update_if_due()


def test_waits_longer_after_each_failed_connection():
    server = FakeMusicServer()
    server.error = MoodpiError("no answer", code="server_unreachable")
    with player_on(server) as opened:
        assert opened.wait_for_error("server_unreachable") == "no answer"
        wait_for(lambda: len(server.connections) >= 5, "five connections")
    delays = [after - before for before, after in pairwise(server.connections)]
    assert all(
        delay >= expected for delay, expected in zip(delays, [0.05, 0.1, 0.2, 0.2], strict=False)
    )


class SlowStars(FakeMusicServer):
    """Answers no request about stars until `answers` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answers = threading.Event(), threading.Event()

    def account(self) -> str:
        return "somebody"

    def starred(self) -> dict[str, float]:
        self.asked.set()
        self.answers.wait()
        return {}


def test_the_music_does_not_wait_for_a_server_that_is_slow_about_stars():
    server = SlowStars()
    with player_on(server) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        assert server.asked.wait(30)
        opened.player.pause()
        wait_for(lambda: server.playback is ServerPlayback.PAUSED, "the pause")
        server.answers.set()


def test_logs_an_unexpected_error_once_and_retries(caplog):
    server = FakeMusicServer()
    server.error = RuntimeError("a bug")
    with player_on(server) as opened:
        assert opened.wait_for_error("unexpected") == "a bug"
        wait_for(lambda: len(server.connections) > 3, "a retry")
        server.error = None
        opened.wait_for_library()
    assert caplog.text.count("a bug") == 1


def test_spotify_uris_contain_every_id():
    assert SpotifyUris()["abc"] == "spotify:track:abc"
    assert "anything" in SpotifyUris()
    with pytest.raises(TypeError):
        list(SpotifyUris())
    with pytest.raises(TypeError):
        len(SpotifyUris())
