"""SIGTERM ends a run within two seconds, whatever it waits for, and what it knows is kept."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.edge.frontends.mqtt.mosquitto import Mosquitto, needs_mosquitto
from tests.edge.players.servers import Mpd
from tests.edge.players.shelf import draw, fill, silence
from tests.endurance.camera import NetworkCamera
from tests.endurance.home import Home, Running
from tests.waiting import wait_for

# Plays on, whatever it is asked, and so does what it started.
STUBBORN = """
[player]
kind = "command"
command = ["sh", "-c", "trap '' TERM; echo $$ >&2; sleep 1000 & wait"]
"""


def kept(home: Home, daemon: Running) -> None:
    """Ended in time and without a word of complaint, and every track that it gave is remembered."""
    assert daemon.end() == 0
    assert daemon.events[-1]["event"] == "status"
    assert home.played() == daemon.given() != []
    assert "Traceback" not in home.log.read_text()
    assert not home.socket.exists()


def test_while_it_watches(home: Home) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        kept(home, daemon)


def test_while_its_camera_is_lost(home: Home, camera: NetworkCamera) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        camera.unplug()
        daemon.wait_for_log("the camera is lost")
        kept(home, daemon)


@pytest.mark.parametrize("opened", [True, False])
def test_while_its_stream_is_silent_and_its_driver_stuck(
    home: Home, camera: NetworkCamera, opened: bool
) -> None:
    patient = home.configuration.read_text().replace("timeout = 1", "timeout = 60")
    home.configuration.write_text(patient)
    with home.running() as daemon:
        if opened:
            daemon.wait_for("tracks")
            camera.pictures = []
            daemon.wait_for("presence", present=False)
            kept(home, daemon)
        else:
            camera.pictures = []
            wait_for(lambda: camera.calls == 1, "the camera is called")
            assert daemon.end() == 0


def test_while_its_player_does_not_listen_and_nothing_of_it_is_left(
    make_home: Callable[..., Home], camera: NetworkCamera
) -> None:
    home = make_home(camera.url, STUBBORN)
    with home.running() as daemon:
        daemon.wait_for("tracks")
        wait_for(lambda: home.log.read_text().strip().isdigit(), "the player")
        session = int(home.log.read_text())
        kept(home, daemon)
    states = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(session)], capture_output=True, text=True, check=False
    )
    # Whoever takes up orphans may not have come to bury them.
    assert {state[0] for state in states.stdout.split()} <= {"Z"}


@needs_mosquitto
def test_while_neither_its_music_server_nor_its_broker_answers(
    make_home: Callable[..., Home], camera: NetworkCamera, tmp_path: Path
) -> None:
    music = tmp_path / "music"
    fill(music, silence(tmp_path), draw(60, seed=1))
    mpd = Mpd(tmp_path / "mpd", music)
    with ExitStack() as stack, Mosquitto(tmp_path, "allow_anonymous true") as broker:
        stack.callback(mpd.kill)
        mpd.start()
        assert mpd.process
        player = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
        home = make_home(camera.url, f'{player}[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
        with home.running() as daemon:
            daemon.wait_for("tracks")
            daemon.wait_for_log("MQTT: connected")
            with frozen(mpd.process), frozen(broker.process):
                kept(home, daemon)


@contextmanager
def frozen(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """It is there, and does nothing."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_while_whoever_asked_it_something_hangs(home: Home) -> None:
    with home.running() as daemon, ExitStack() as clients:
        daemon.wait_for("tracks")
        for said in (b"", b'{"command"', b'{"command": "status"}\n', b'{"command": "events"}\n'):
            client = clients.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            client.connect(str(home.socket))
            client.sendall(said)
        kept(home, daemon)


@pytest.fixture(params=["turn", "folder"])
def kept_locked(request: pytest.FixtureRequest, home: Home) -> Iterator[Home]:
    """Another moodpi was stopped (Ctrl-Z) while it chose, or put the file in order."""
    home.state.mkdir()
    path = home.state / "choosing.lock" if request.param == "turn" else home.state
    flags = os.O_CREAT | os.O_RDWR if request.param == "turn" else os.O_DIRECTORY
    descriptor = os.open(path, flags)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield home
    os.close(descriptor)


def test_while_another_moodpi_keeps_it_from_choosing(kept_locked: Home) -> None:
    with kept_locked.running() as daemon:
        daemon.wait_for("mood")
        assert daemon.end() == 0


def test_while_another_moodpi_keeps_it_from_remembering(home: Home) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        given = daemon.given()
        with closing(sqlite3.connect(home.listener, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.ask("next")
            daemon.wait_for_log("going on without the listener's history")
            assert daemon.end() == 0
        assert home.played() == given


def test_what_could_not_be_remembered_yet_is_remembered_at_the_end(home: Home) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        with closing(sqlite3.connect(home.listener, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.ask("next")
        kept(home, daemon)
