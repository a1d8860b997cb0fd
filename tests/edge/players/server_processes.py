"""Real music servers without sound: MPD, and Mopidy with its MPD frontend."""

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

MPD_CONFIGURATION = """
music_directory "{music}"
playlist_directory "{folder}/playlists"
db_file "{folder}/database"
bind_to_address "127.0.0.1"
port "{port}"
auto_update "yes"
audio_output {{
    type "null"
    name "nothing"
}}
"""
# An output that opens a port. It fails while another process uses that port.
PORT_OUTPUT = 'type "httpd"\n    port "{port}"\n    bind_to_address "127.0.0.1"\n    encoder "flac"'
MOPIDY_CONFIGURATION = """
[core]
data_dir = {folder}/data
cache_dir = {folder}/cache
config_dir = {folder}/config
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
playlists_dir = {folder}/playlists
[stream]
enabled = false
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess(ABC):
    """A server with its own folder. `client` connects to it as another program does."""

    program: str
    configuration: str

    def __init__(self, folder: Path, music: Path) -> None:
        if shutil.which(self.program) is None:
            pytest.skip(f"{self.program} is not installed")
        self.client_kind = pytest.importorskip("mpd")
        self.folder, self.port = folder, free_port()
        self.address = f"127.0.0.1:{self.port}"
        (folder / "playlists").mkdir(parents=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.configure(music)

    def configure(self, music: Path) -> None:
        """Set the music folder, for the next start."""
        text = self.configuration.format(folder=self.folder, music=music, port=self.port)
        (self.folder / "server.conf").write_text(text)
        for name in ("database", "data"):
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command(), stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("ab")
        )
        wait_for(self.answers, f"{self.program} answers", 20)

    @abstractmethod
    def command(self) -> list[str]:
        """The command line of the server."""

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

    def run(self, command: Callable[[Any], Any]) -> Any:
        """The result of a command by another program."""
        client = self.client()
        try:
            return command(client)
        finally:
            client.disconnect()

    def status(self) -> dict[str, str]:
        return self.run(lambda client: client.status())

    def queue(self) -> list[str]:
        return [entry["file"] for entry in self.run(lambda client: client.playlistinfo())]

    def entry_ids(self) -> set[str]:
        """The ids of the queue's entries: two entries of one file have different ones."""
        return {entry["id"] for entry in self.run(lambda client: client.playlistinfo())}


class MpdProcess(ServerProcess):
    program = "mpd"
    configuration = MPD_CONFIGURATION

    def command(self) -> list[str]:
        return ["mpd", "--no-daemon", "--stderr", str(self.folder / "server.conf")]

    def start(self) -> None:
        super().start()
        # Five hundred songs take minutes on a busy machine.
        wait_for(lambda: "updating_db" not in self.status(), "the database is complete", 240)


# Mopidy-Spotify requires an account. This backend plays silence for each URI of its scheme.
SPOTIFY_EXTENSION = """
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


class MopidyProcess(ServerProcess):
    program = "mopidy"
    configuration = MOPIDY_CONFIGURATION

    def __init__(self, folder: Path, music: Path, *, spotify: bool = False) -> None:
        super().__init__(folder, music)
        self.extensions = folder / "extensions"
        information = self.extensions / "Mopidy_Silent_Spotify-1.0.dist-info"
        if spotify:
            information.mkdir(parents=True)
            (self.extensions / "silentspotify.py").write_text(SPOTIFY_EXTENSION.format(music=music))
            (information / "METADATA").write_text("Name: Mopidy-Silent-Spotify\nVersion: 1.0\n")
            entry = "[mopidy.ext]\nsilentspotify = silentspotify:Extension\n"
            (information / "entry_points.txt").write_text(entry)

    def command(self) -> list[str]:
        # Mopidy belongs to Debian's Python, not to the one of the tests.
        environment = ["env", "-u", "PYTHONHOME", f"PYTHONPATH={self.extensions}"]
        return [*environment, "mopidy", "--config", str(self.folder / "server.conf")]

    def start(self) -> None:
        subprocess.run(
            [*self.command(), "local", "scan"], check=True, capture_output=True, timeout=120
        )
        super().start()
