"""SIGTERM ends a run within two seconds in every state, and saves the history."""

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
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.edge.players.server_processes import MpdProcess
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera
from tests.waiting import wait_for

# Ignores SIGTERM, and so does its child.
STUBBORN = """
[player]
kind = "command"
command = ["sh", "-c", "trap '' TERM; echo $$; sleep 1000 & wait"]
"""


def assert_clean_shutdown(
    sandbox: Sandbox, daemon: DaemonProcess, *, are_heard: bool = True
) -> None:
    """Terminate the daemon: it ends in time, logs no traceback and has saved every heard track.

    are_heard: Whether the tracks have sounded for long enough.
    """
    assert daemon.terminate() == 0
    assert daemon.events[-1]["event"] == "status"
    assert daemon.recommended_ids() != []
    assert sandbox.played_ids() == (daemon.recommended_ids() if are_heard else [])
    assert "Traceback" not in sandbox.log.read_text()
    assert not sandbox.socket.exists()


def test_while_a_face_is_in_view(sandbox: Sandbox) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert_clean_shutdown(sandbox, daemon)


def test_while_the_camera_is_lost(sandbox: Sandbox, camera: NetworkCamera) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        camera.stop()
        daemon.wait_for_log("the camera is lost")
        assert_clean_shutdown(sandbox, daemon)


@pytest.mark.parametrize("opened", [True, False])
def test_while_the_stream_is_silent(sandbox: Sandbox, camera: NetworkCamera, opened: bool) -> None:
    long_timeouts = sandbox.configuration.read_text().replace("timeout = 1", "timeout = 60")
    sandbox.configuration.write_text(long_timeouts)
    with sandbox.running() as daemon:
        if opened:
            daemon.wait_for("tracks")
            camera.pictures = []
            daemon.wait_for("presence", present=False)
            assert_clean_shutdown(sandbox, daemon)
        else:
            camera.pictures = []
            wait_for(lambda: camera.connections == 1, "the camera is connected")
            assert daemon.terminate() == 0


def test_while_the_player_ignores_sigterm_and_its_processes_end_too(
    make_sandbox: Callable[..., Sandbox], camera: NetworkCamera
) -> None:
    sandbox = make_sandbox(camera.url, STUBBORN)
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        wait_for(lambda: sandbox.log.read_text().strip().isdigit(), "the player")
        session = int(sandbox.log.read_text())
        assert_clean_shutdown(sandbox, daemon, are_heard=False)
    states = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(session)], capture_output=True, text=True, check=False
    )
    # Orphans can be zombies until init reaps them.
    assert {state[0] for state in states.stdout.split()} <= {"Z"}


@needs_mosquitto
def test_while_neither_the_music_server_nor_the_broker_answers(
    make_sandbox: Callable[..., Sandbox], camera: NetworkCamera, tmp_path: Path
) -> None:
    music = tmp_path / "music"
    write_music(music, make_silent_files(tmp_path), sample_tracks(60, seed=1))
    mpd = MpdProcess(tmp_path / "mpd", music)
    with ExitStack() as stack, Mosquitto(tmp_path, "allow_anonymous true") as broker:
        stack.callback(mpd.kill)
        mpd.start()
        assert mpd.process
        player = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
        sandbox = make_sandbox(
            camera.url, f'{player}[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
        )
        with sandbox.running() as daemon:
            daemon.wait_for("tracks")
            daemon.wait_for_log("MQTT: connected")
            with frozen(mpd.process), frozen(broker.process):
                assert_clean_shutdown(sandbox, daemon, are_heard=False)


@contextmanager
def frozen(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop a process with SIGSTOP for the duration of the context."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_while_clients_of_the_control_socket_hang(sandbox: Sandbox) -> None:
    with sandbox.running() as daemon, ExitStack() as clients:
        daemon.wait_for("tracks")
        for request in (b"", b'{"command"', b'{"command": "status"}\n', b'{"command": "events"}\n'):
            client = clients.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            client.connect(str(sandbox.socket))
            client.sendall(request)
        assert_clean_shutdown(sandbox, daemon)


@pytest.fixture(params=["lock", "folder"])
def locked_sandbox(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox in which another process holds the lock for choosing or the state folder."""
    sandbox.state.mkdir()
    path = sandbox.state / "selection.lock" if request.param == "lock" else sandbox.state
    flags = os.O_CREAT | os.O_RDWR if request.param == "lock" else os.O_DIRECTORY
    descriptor = os.open(path, flags)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield sandbox
    os.close(descriptor)


def test_while_another_process_holds_the_lock_for_choosing(locked_sandbox: Sandbox) -> None:
    with locked_sandbox.running() as daemon:
        daemon.wait_for("mood")
        assert daemon.terminate() == 0


def test_while_another_process_locks_the_history(sandbox: Sandbox) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        recommended = daemon.recommended_ids()
        with closing(sqlite3.connect(sandbox.profile, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.send_command("next")
            daemon.wait_for_log("continuing without the history")
            assert daemon.terminate() == 0
        assert sandbox.played_ids() == recommended


def test_a_delayed_write_of_the_history_is_done_at_shutdown(sandbox: Sandbox) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        with closing(sqlite3.connect(sandbox.profile, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            daemon.send_command("next")
        assert_clean_shutdown(sandbox, daemon)
