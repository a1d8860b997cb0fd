"""The recipe for several rooms in docs/recipes.md, on a real MPD and a real Snapcast."""

from __future__ import annotations

import re
import shutil
import subprocess
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.edge.players.audio_files import sample_tracks, write_music
from tests.edge.players.open_player import open_player
from tests.edge.players.server_processes import MpdProcess, free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.system

RECIPE = (ROOT / "docs" / "recipes.md").read_text()
PIPE = "/run/mpd/snapcast"
ROOMS = ("kitchen", "bath")
SERVER_CONFIGURATION = """
[server]
datadir = {folder}
[http]
enabled = false
[tcp]
enabled = false
[stream]
port = {port}
{source}
"""
# Samples of 16 bits that a room must have played: a tenth of a second of both channels.
ENOUGH_SAMPLES = 9600


def block(first_line: str) -> str:
    """The indented code block of the recipe that starts with a line."""
    found = re.search(rf"```\w+\n( *{re.escape(first_line)}.*?)\n *```", RECIPE, re.DOTALL)
    assert found, first_line
    return found[1]


class Snapcast:
    """A Snapcast server, and a client for each room that writes what it plays to a file."""

    def __init__(self, folder: Path) -> None:
        for program in ("snapserver", "snapclient"):
            if shutil.which(program) is None:
                pytest.skip(f"{program} is not installed")
        self.pipe, self._folder, self._port = folder / "fifo", folder, free_port()
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        source = block("source = pipe").strip().replace(PIPE, str(self.pipe))
        assert str(self.pipe) in source
        configuration = self._folder / "snapserver.conf"
        configuration.write_text(
            SERVER_CONFIGURATION.format(folder=self._folder, port=self._port, source=source)
        )
        self._run("server", "snapserver", "--config", str(configuration))
        for room in ROOMS:
            player = f"file:filename={self._recording(room)}"
            self._run(
                room, "snapclient", "--host", "127.0.0.1", "--port", str(self._port),
                "--hostID", room, "--player", player, "--logsink", "stderr",
            )  # fmt: skip

    def sounding_samples(self, room: str) -> int:
        """The number of samples in the room so far that are not silent."""
        path = self._recording(room)
        content = path.read_bytes() if path.exists() else b""
        samples = array("h")
        samples.frombytes(content[: len(content) // 2 * 2])
        return sum(map(bool, samples))

    def wait_for_music(self, room: str) -> None:
        """Wait until the room has played for a while from now on."""
        expected = self.sounding_samples(room) + ENOUGH_SAMPLES
        wait_for(lambda: self.sounding_samples(room) > expected, f"music in the {room}", 60)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(10)

    def _run(self, name: str, *command: str) -> None:
        log = (self._folder / f"{name}.log").open("ab")
        self._processes.append(subprocess.Popen(command, stdout=log, stderr=log))

    def _recording(self, room: str) -> Path:
        return self._folder / f"{room}.raw"


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty songs of the catalogue, each a tone."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed, it creates the tones")
    folder = tmp_path_factory.mktemp("tones")
    tone = folder / "tone.flac"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "sine=f=440:r=48000:d=40", tone],
        check=True,
    )
    write_music(folder / "music", {"flac": tone}, sample_tracks(20, seed=1))
    return folder / "music"


@pytest.fixture
def snapcast(tmp_path: Path) -> Iterator[Snapcast]:
    snapcast = Snapcast(tmp_path)
    try:
        snapcast.start()
        yield snapcast
    finally:
        snapcast.stop()


@pytest.fixture
def mpd(tmp_path: Path, tones: Path, snapcast: Snapcast) -> Iterator[MpdProcess]:
    server = MpdProcess(tmp_path / "mpd", tones)
    configuration = server.folder / "server.conf"
    output = block("audio_output {").replace(PIPE, str(snapcast.pipe))
    assert str(snapcast.pipe) in output
    before, _, _ = configuration.read_text().partition("audio_output")
    configuration.write_text(before + output + "\n")
    server.start()
    yield server
    server.kill()


def test_every_room_plays_what_moodpi_selects(snapcast: Snapcast, mpd: MpdProcess) -> None:
    with open_player(kind="mpd", mpd=mpd.address) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        for room in ROOMS:
            snapcast.wait_for_music(room)


def test_the_rooms_play_again_after_mpd_was_restarted(snapcast: Snapcast, mpd: MpdProcess) -> None:
    with open_player(kind="mpd", mpd=mpd.address) as opened:
        opened.wait_for_library()
        opened.play("happy")
        snapcast.wait_for_music("bath")
    assert mpd.process is not None
    mpd.process.terminate()  # MPD removes its pipe
    mpd.process.wait(20)
    assert not snapcast.pipe.exists()
    mpd.start()
    with open_player(kind="mpd", mpd=mpd.address) as opened:
        opened.wait_for_library()
        opened.play("happy")
        snapcast.wait_for_music("bath")
