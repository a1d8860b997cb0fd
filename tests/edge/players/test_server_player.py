"""The thread of a player on a music server: connections, retries and the library."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import pytest

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.players.music_server import ServerPlayback
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


class SlowListing(FakeMusicServer):
    """Lists separately. It answers a second request about its songs only when `answers` is set."""

    lists_separately = True

    def __init__(self, song: Song) -> None:
        super().__init__(spotify=False)
        self.asked, self.answers = threading.Event(), threading.Event()
        self.listing_error: MoodpiError | None = None
        self._song = song
        self._requests = 0

    def library_version(self) -> str:
        self._requests += 1
        if self._requests > 1:
            self.asked.set()
            self.answers.wait()
        if self.listing_error:
            raise self.listing_error
        return "1"

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        return [self._song]


@pytest.fixture
def song() -> Song:
    """A song that the catalogue knows."""
    with Catalog.open() as catalog:
        track = catalog.tracks([1])[0]
    return Song("song.flac", track.title, (track.artist,), "1")


def test_the_music_does_not_wait_for_a_slow_listing(song):
    server = SlowListing(song)
    with player_on(server) as opened:
        opened.wait_for_library()
        assert server.asked.wait(30)
        opened.wait_for_title(opened.play("happy")[0])
        opened.player.pause()
        wait_for(lambda: server.playback is ServerPlayback.PAUSED, "the pause")
        server.answers.set()


@pytest.mark.parametrize("code", ["invalid_answer", "server_unreachable"])
def test_a_listing_that_fails_later_does_not_end_the_music(song, code, caplog):
    server = SlowListing(song)
    server.answers.set()
    with player_on(server) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        server.listing_error = MoodpiError("no album", code=code)
        wait_for(lambda: "no album" in caplog.text, "the warning")
        opened.wait_for_updates()
        assert opened.title == song.title
        assert not opened.state.error
    assert len(server.connections) == 1
    assert caplog.text.count("no album") == 1


def test_a_first_listing_that_fails_is_an_error(song):
    server = SlowListing(song)
    server.listing_error = MoodpiError("no album", code="invalid_answer")
    server.answers.set()
    with player_on(server) as opened:
        assert opened.wait_for_error("invalid_answer") == "no album"
        server.listing_error = None
        opened.wait_for_library()


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
