"""Real music servers, with no sound: MPD, and Mopidy with its MPD front end."""

from __future__ import annotations

import shutil
import socket
import subprocess
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


class MusicServer:
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

    def command(self) -> list[str]:
        raise NotImplementedError

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
        wait_for(lambda: "updating_db" not in self.status(), "the database is made")


class Mopidy(MusicServer):
    program = "mopidy"
    configuration = MOPIDY

    def command(self) -> list[str]:
        return ["mopidy", "--config", str(self.room / "server.conf")]

    def start(self) -> None:
        subprocess.run(
            [*self.command(), "local", "scan"], check=True, capture_output=True, timeout=120
        )
        super().start()
