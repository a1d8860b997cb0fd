"""The player for Subsonic servers, on a real Supysonic and a real mpv."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.settings import PlayerSettings
from edge.players import player_class, subsonic_api
from edge.players.subsonic_api import SubsonicApi
from moodpi.errors import ConfigurationError, MoodpiError, UsageError
from tests.conftest import ROOT
from tests.edge.players.open_player import OpenPlayer, open_player
from tests.edge.players.server_processes import free_port
from tests.raising import raises
from tests.waiting import wait_for

# .ci/run installs it there: its dependencies are not moodpi's.
PROGRAMS = ROOT / ".venv-supysonic" / "bin"
PASSWORD = "s3 cret&?#"  # noqa: S105
CONFIGURATION = """
[base]
database_uri = sqlite:///{folder}/database
[webapp]
cache_dir = {folder}/cache
[daemon]
socket = {folder}/socket
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[str]:
    """The address of a server with sixty songs of the catalogue, and a user."""
    if shutil.which("mpv") is None or not PROGRAMS.is_dir():
        pytest.skip("mpv or supysonic is not installed")
    folder = tmp_path_factory.mktemp("supysonic")
    (folder / "supysonic.conf").write_text(CONFIGURATION.format(folder=folder))
    environment = {**os.environ, "HOME": str(folder)}
    environment.pop("PYTHONPATH", None)
    for arguments in (
        ("user", "add", "me", "-p", PASSWORD),
        ("folder", "add", "music", str(music)),
        ("folder", "scan", "-f"),
    ):
        subprocess.run(
            [PROGRAMS / "supysonic-cli", *arguments],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
        )
    port = free_port()
    server = subprocess.Popen(
        [PROGRAMS / "supysonic-server", "-S", "waitress", "-h", "127.0.0.1", "-p", str(port)],
        cwd=folder,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        api = SubsonicApi(f"http://me@127.0.0.1:{port}", PASSWORD)

        def answers() -> bool:
            try:
                api.connect()
            except MoodpiError:
                return False
            return True

        wait_for(answers, "the server answers", 30)
        yield f"http://me@127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def open_subsonic(address: str, password: str = PASSWORD):
    return open_player(
        kind="subsonic",
        subsonic=address,
        subsonic_password=password,
        mpv_options=("--ao=null",),
    )


def command_line(opened: OpenPlayer) -> bytes:
    return Path(f"/proc/{opened.player._server._process.pid}/cmdline").read_bytes()


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
