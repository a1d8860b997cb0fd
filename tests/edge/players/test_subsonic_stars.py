"""Stars on a real Supysonic are likes here, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from catalog.reloading import ReloadingCatalog
from edge.clock import Clock
from edge.config.settings import PlayerSettings, RecommendSettings
from edge.daemon import playback
from edge.daemon.playback import PlaybackController
from edge.events import Event
from edge.music.profile import FileHistory, ProfileStore, Verdict
from edge.music.profile.feedback import record_feedback
from edge.music.profile.store import profile_file
from edge.music.selector import TrackSelector
from edge.players import player_class, subsonic_player
from edge.players.subsonic_player import SubsonicPlayer
from tests.edge.players.supysonic import PASSWORD, Supysonic, running_supysonic
from tests.waiting import wait_for

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[Supysonic]:
    with running_supysonic(tmp_path_factory.mktemp("supysonic"), music) as server:
        yield server


@pytest.fixture
def server(running: Supysonic, monkeypatch: pytest.MonkeyPatch) -> Supysonic:
    """The server without a star, read every half second."""
    monkeypatch.setattr(subsonic_player, "LIBRARY_CHECK_INTERVAL", 0.5)
    monkeypatch.setattr(playback, "BAN_CHECK_INTERVAL", 0.1)
    api = running.api
    for song in api.starred_songs():
        api.star(song["id"], starred=False)
    return running


class Home:
    """A player with its playback, and the listener's profile."""

    def __init__(self, player: SubsonicPlayer, catalog: ReloadingCatalog, history: FileHistory):
        selector = TrackSelector(catalog, history, RecommendSettings(), playable=player.playable)
        events: list[Event] = []
        self.player, self.catalog = player, catalog
        self.playback = PlaybackController(selector, player, Clock(media=False), events.append)

    def rate(self, track: str, verdict: Verdict) -> None:
        """As `moodpi like` and the page do."""
        with ProfileStore.open(profile_file()) as store:
            record_feedback(store, self.catalog.current(), verdict, track=track)

    def likes(self) -> set[str]:
        with ProfileStore.open(profile_file()) as store:
            return {item.key for item in store.feedback(Verdict.LIKE)}

    def agreed(self, server: Supysonic) -> set[str]:
        with ProfileStore.open(profile_file()) as store:
            return set(store.starred(server.api.account))

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        def turn() -> bool:
            self.playback.tick()
            return condition()

        wait_for(turn, what, 30)

    def song_id(self, track: str) -> str:
        return self.player.uris[track].removeprefix("subsonic:")


@contextmanager
def home(server: Supysonic, password: str = PASSWORD) -> Iterator[Home]:
    settings = PlayerSettings(
        kind="subsonic",
        subsonic=server.address,
        subsonic_password=password,
        mpv_options=("--ao=null",),
    )
    player = player_class("subsonic")(settings)
    assert isinstance(player, SubsonicPlayer)
    player._retry_delays = (0.1, 0.3)
    with ExitStack() as stack:
        catalog = stack.enter_context(ReloadingCatalog())
        one = Home(player, catalog, stack.enter_context(FileHistory(profile_file())))
        stack.enter_context(one.playback)
        yield one


def starred(server: Supysonic) -> set[str]:
    return {song["id"] for song in server.api.starred_songs()}


def test_a_star_becomes_a_like_until_it_is_removed(server):
    with home(server) as here:
        here.wait_for(lambda: here.player.stars() is not None, "the stars are read")
        track = next(iter(here.player.uris))
        server.api.star(here.song_id(track), starred=True)
        here.wait_for(lambda: here.likes() == {track}, "the star is a like")
        server.api.star(here.song_id(track), starred=False)
        here.wait_for(lambda: not here.likes(), "the like is taken back")


@pytest.mark.parametrize("undo", [Verdict.SKIP, Verdict.BAN])
def test_a_like_becomes_a_star_until_it_is_undone(server, undo):
    with home(server) as here:
        here.wait_for(lambda: here.player.stars() is not None, "the stars are read")
        track = list(here.player.uris)[1]
        here.rate(track, Verdict.LIKE)
        here.wait_for(lambda: starred(server) == {here.song_id(track)}, "the like is a star")
        here.wait_for(lambda: here.agreed(server) == {track}, "it is remembered")
        here.rate(track, undo)
        here.wait_for(lambda: not starred(server), "the star is removed")
        assert not here.likes()


def test_what_changes_while_the_server_is_away_is_exchanged_when_it_is_back(server, caplog):
    with home(server) as here:
        here.wait_for(lambda: here.player.stars() is not None, "the stars are read")
        before, undone, new = list(here.player.uris)[:3]
        for track in (before, undone):
            server.api.star(here.song_id(track), starred=True)
        here.wait_for(lambda: here.likes() == {before, undone}, "the stars are likes")
        server.stop()
        here.wait_for(lambda: bool(here.player.state().error), "the server is away")
        here.rate(new, Verdict.LIKE)
        here.rate(undone, Verdict.SKIP)
        assert here.likes() == {before, new}
        server.start()
        expected = {here.song_id(before), here.song_id(new)}
        here.wait_for(lambda: starred(server) == expected, "both sides agree")
        assert here.likes() == {before, new}
        assert PASSWORD not in caplog.text


def test_a_star_of_a_song_that_the_catalogue_does_not_know_is_left_alone(server):
    with home(server) as here:
        here.wait_for(lambda: here.player.stars() is not None, "the stars are read")
        known = {uri.removeprefix("subsonic:") for uri in here.player.uris.values()}
        unknown = next(song["id"] for song in server.api.songs() if song["id"] not in known)
        track = next(iter(here.player.uris))
        for song in (unknown, here.song_id(track)):
            server.api.star(song, starred=True)
        here.wait_for(lambda: here.likes() == {track}, "the known star is a like")
        assert starred(server) == {unknown, here.song_id(track)}
        assert not here.player.state().error


def test_a_wrong_password_changes_no_like(server):
    with home(server) as here:
        here.wait_for(lambda: here.player.stars() is not None, "the stars are read")
        track = next(iter(here.player.uris))
        server.api.star(here.song_id(track), starred=True)
        here.wait_for(lambda: here.likes() == {track}, "the star is a like")
    with home(server, "wr0ng") as here:
        here.wait_for(
            lambda: here.player.state().error_code == "server_refused", "the refusal is known"
        )
        assert here.player.stars() is None
        assert here.likes() == {track}
