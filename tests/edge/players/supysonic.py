"""A real Supysonic server, in an environment of its own: its dependencies are not moodpi's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.players.subsonic_api import SubsonicApi
from moodpi.errors import MoodpiError
from tests.conftest import ROOT
from tests.edge.players.open_player import OpenPlayer, open_player
from tests.edge.players.server_processes import free_port
from tests.waiting import wait_for

# .ci/run installs it there.
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


class Supysonic:
    """A server with the songs of a folder and the user `me`. It can be stopped and started."""

    def __init__(self, folder: Path, music: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = free_port()
        self._environment = {**os.environ, "HOME": str(folder)}
        self._environment.pop("PYTHONPATH", None)
        (folder / "supysonic.conf").write_text(CONFIGURATION.format(folder=folder))
        for arguments in (
            ("user", "add", "me", "-p", PASSWORD),
            ("folder", "add", "music", str(music)),
            ("folder", "scan", "-f"),
        ):
            subprocess.run(
                [PROGRAMS / "supysonic-cli", *arguments],
                cwd=folder,
                env=self._environment,
                check=True,
                capture_output=True,
            )

    @property
    def address(self) -> str:
        return f"http://me@127.0.0.1:{self._port}"

    @property
    def api(self) -> SubsonicApi:
        """A connected client, as another program has one."""
        api = SubsonicApi(self.address, PASSWORD)
        api.connect()
        return api

    def start(self) -> None:
        port = str(self._port)
        self._process = subprocess.Popen(
            [PROGRAMS / "supysonic-server", "-S", "waitress", "-h", "127.0.0.1", "-p", port],
            cwd=self._folder,
            env=self._environment,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._answers, "the server answers", 30)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(self.api)
        except MoodpiError:
            return False


@contextmanager
def running_supysonic(folder: Path, music: Path) -> Iterator[Supysonic]:
    """A server that runs. The test is skipped where it is not installed."""
    if shutil.which("mpv") is None or not PROGRAMS.is_dir():
        pytest.skip("mpv or supysonic is not installed")
    server = Supysonic(folder, music)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def open_subsonic(address: str, password: str = PASSWORD) -> Any:
    """An open player of that server, without sound."""
    return open_player(
        kind="subsonic", subsonic=address, subsonic_password=password, mpv_options=("--ao=null",)
    )


def command_line(opened: OpenPlayer) -> bytes:
    """The arguments of the player's mpv."""
    return Path(f"/proc/{opened.player._server._process.pid}/cmdline").read_bytes()
