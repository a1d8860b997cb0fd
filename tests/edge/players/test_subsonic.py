"""The player for Subsonic servers, on a real Supysonic and a real mpv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.settings import PlayerSettings
from edge.players import player_class, subsonic_api, subsonic_player
from edge.players.subsonic_api import SubsonicApi
from moodpi.errors import ConfigurationError, UsageError
from tests.edge.players.server_processes import free_port
from tests.edge.players.supysonic import (
    PASSWORD,
    Supysonic,
    command_line,
    open_subsonic,
    running_supysonic,
)
from tests.raising import raises
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[Supysonic]:
    """A server with sixty songs of the catalogue, and a user."""
    with running_supysonic(tmp_path_factory.mktemp("supysonic"), music) as server:
        yield server


@pytest.fixture
def address(server: Supysonic) -> str:
    return server.address


@pytest.mark.system
def test_streams_songs_that_the_catalogue_knows(address, state_folder, caplog):
    caplog.set_level("DEBUG")
    with open_subsonic(address) as opened:
        opened.wait_for_library()
        assert opened.player.library.matched_count == 60
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        wait_for(lambda: opened.state.heard, "the first song is heard")
        secrets = (PASSWORD, PASSWORD.encode().hex())
        saved = b"".join(path.read_bytes() for path in state_folder.iterdir() if path.is_file())
        for text in (command_line(opened).decode(), caplog.text, saved.decode()):
            assert not any(secret in text for secret in secrets)
        assert b"subsonic:" in saved


@pytest.mark.system
def test_a_song_continues_while_the_server_is_away(server, caplog, monkeypatch):
    monkeypatch.setattr(subsonic_player, "LIBRARY_CHECK_INTERVAL", 0.5)
    with open_subsonic(server.address) as opened:
        opened.wait_for_library()
        title = opened.play("happy")[0]
        opened.wait_for_title(title)
        mpv = opened.player._server._process.pid
        server.stop()
        try:
            wait_for(lambda: "those of the last listing" in caplog.text, "the outage is logged", 30)
            opened.wait_for_updates()
            assert (opened.title, opened.state.error) == (title, "")
            assert opened.player._server._process.pid == mpv
        finally:
            server.start()


@pytest.mark.system
def test_pages_of_albums_are_read_to_their_end(address, monkeypatch):
    monkeypatch.setattr(subsonic_api, "PAGE_ALBUMS", 7)
    api = SubsonicApi(address, PASSWORD)
    api.connect()
    ids = [song["id"] for song in api.songs()]
    assert len(ids) == len(set(ids)) >= 60


@pytest.mark.system
def test_a_wrong_password_is_an_error_without_it(address):
    with open_subsonic(address, "wr0ng") as opened:
        message = opened.wait_for_error("server_refused")
        assert "wr0ng" not in message
        assert message.startswith("Subsonic at 127.0.0.1:")


def test_a_server_that_does_not_answer_is_named_without_the_password():
    api = SubsonicApi(f"http://me:hidden@127.0.0.1:{free_port()}", "")
    with raises("server_unreachable") as caught:
        api.connect()
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("address", ["music.local", "ftp://me@music.local", "http://music.local"])
def test_an_address_has_a_scheme_and_a_user(address):
    with raises("invalid_address", UsageError):
        SubsonicApi(address, "")


def test_a_server_is_required():
    with raises("no_subsonic_server", ConfigurationError):
        player_class("subsonic")(PlayerSettings(kind="subsonic"))
