"""Real music servers, with no sound: MPD, and Mopidy with its MPD front end."""

from __future__ import annotations

import shutil
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_for

MPD = """
music_directory "{music}"
playlist_directory "{room}/playlists"
db_file "{room}/database"
bind_to_address "127.0.0.1"
port "{port}"
auto_update "yes"
audio_output {{
    type "null"
    name "nothing"
}}
"""
# Sound that goes to whoever listens at a port; while somebody else has it there is none.
TO_A_PORT = 'type "httpd"\n    port "{port}"\n    bind_to_address "127.0.0.1"\n    encoder "flac"'
MOPIDY = """
[core]
data_dir = {room}/data
cache_dir = {room}/cache
config_dir = {room}/config
[audio]
output = fakesink sync=true
[mpd]
hostname = 127.0.0.1
port = {port}
[http]
enabled = false
[file]
media_dirs = {music}
[local]
media_dir = {music}
[m3u]
playlists_dir = {room}/playlists
[stream]
enabled = false
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MusicServer(ABC):
    """One server in a room of its own; `client` is another program's way to it."""

    program: str
    configuration: str

    def __init__(self, room: Path, music: Path) -> None:
        if shutil.which(self.program) is None:
            pytest.skip(f"{self.program} is not installed")
        self.client_kind = pytest.importorskip("mpd")
        self.room, self.port = room, free_port()
        self.address = f"127.0.0.1:{self.port}"
        (room / "playlists").mkdir(parents=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.serve(music)

    def serve(self, music: Path) -> None:
        """What it will play from when it starts the next time."""
        text = self.configuration.format(room=self.room, music=music, port=self.port)
        (self.room / "server.conf").write_text(text)
        for left in ("database", "data"):
            path = self.room / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command(), stdout=subprocess.DEVNULL, stderr=(self.room / "log").open("ab")
        )
        wait_for(self.answers, f"{self.program} answers", 20)

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it."""

    def answers(self) -> bool:
        try:
            self.client().disconnect()
        except OSError:
            return False
        return True

    def client(self) -> Any:
        client = self.client_kind.MPDClient()
        client.connect("127.0.0.1", self.port)
        return client

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask(self, question: Callable[[Any], Any]) -> Any:
        """What a client of its owner's sees or does."""
        client = self.client()
        try:
            return question(client)
        finally:
            client.disconnect()

    def status(self) -> dict[str, str]:
        return self.ask(lambda client: client.status())

    def queue(self) -> list[str]:
        return [entry["file"] for entry in self.ask(lambda client: client.playlistinfo())]


class Mpd(MusicServer):
    program = "mpd"
    configuration = MPD

    def command(self) -> list[str]:
        return ["mpd", "--no-daemon", "--stderr", str(self.room / "server.conf")]

    def start(self) -> None:
        super().start()
        # Five hundred songs take a busy machine minutes.
        wait_for(lambda: "updating_db" not in self.status(), "the database is made", 240)


# Mopidy-Spotify needs an account; this backend has its scheme, and plays silence for all of it.
SPOTIFY = """
import pathlib

import pykka
from mopidy import backend, config, ext, models

SILENCE = next(pathlib.Path("{music}").rglob("*.flac")).as_uri()


class Extension(ext.Extension):
    dist_name = "Mopidy-Silent-Spotify"
    ext_name = "silentspotify"
    version = "1.0"

    def get_default_config(self):
        return "[silentspotify]\\nenabled = true\\n"

    def setup(self, registry):
        registry.add("backend", Backend)


class Library(backend.LibraryProvider):
    def lookup(self, uri):
        return [models.Track(uri=uri, name=uri, length=40000)]


class Playback(backend.PlaybackProvider):
    def translate_uri(self, uri):
        return SILENCE


class Backend(pykka.ThreadingActor, backend.Backend):
    uri_schemes = ["spotify"]

    def __init__(self, config, audio):
        super().__init__()
        self.library = Library(backend=self)
        self.playback = Playback(audio=audio, backend=self)
"""


class Mopidy(MusicServer):
    program = "mopidy"
    configuration = MOPIDY

    def __init__(self, room: Path, music: Path, *, spotify: bool = False) -> None:
        super().__init__(room, music)
        self.extensions = room / "extensions"
        information = self.extensions / "Mopidy_Silent_Spotify-1.0.dist-info"
        if spotify:
            information.mkdir(parents=True)
            (self.extensions / "silentspotify.py").write_text(SPOTIFY.format(music=music))
            (information / "METADATA").write_text("Name: Mopidy-Silent-Spotify\nVersion: 1.0\n")
            entry = "[mopidy.ext]\nsilentspotify = silentspotify:Extension\n"
            (information / "entry_points.txt").write_text(entry)

    def command(self) -> list[str]:
        # Debian's Python has Mopidy, not the one that runs the tests.
        environment = ["env", "-u", "PYTHONHOME", f"PYTHONPATH={self.extensions}"]
        return [*environment, "mopidy", "--config", str(self.room / "server.conf")]

    def start(self) -> None:
        subprocess.run(
            [*self.command(), "local", "scan"], check=True, capture_output=True, timeout=120
        )
        super().start()
