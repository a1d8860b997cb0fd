"""Talking to a daemon that runs: a real one, on a network camera that shows the portrait."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.edge.portrait_camera import portrait_camera
from tests.waiting import wait_for


class Room:
    """A daemon in a home of its own, and the commands that are given to it there."""

    def __init__(self, home: Path, camera: str) -> None:
        # A socket's path is short, a test's folder is not.
        self._variables = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONPATH": str(ROOT)}
        self._camera = camera
        self.socket = home / "moodpi" / "control.sock"
        self.log = home / "log"
        self.configuration = home / ".config" / "moodpi" / "moodpi.toml"
        self.daemon = self.start()
        wait_for(lambda: self.status()["mood"] is not None, "the portrait's mood")

    def start(self) -> subprocess.Popen[str]:
        daemon = self._popen("run", "--source", self._camera, "--json")
        wait_for(lambda: daemon.poll() is not None or self.ask("status")[0] == 0, "the daemon")
        assert daemon.poll() is None, self.log.read_text()
        return daemon

    def _popen(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "moodpi", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("a"),
            text=True,
            env={"PATH": os.environ["PATH"], **self._variables},
        )

    def ask(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command."""
        done = subprocess.run(
            [sys.executable, "-m", "moodpi", *arguments],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], **self._variables},
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def status(self, command: str = "status") -> dict[str, Any]:
        code, said, wrong = self.ask(command, "--json")
        assert code == 0, wrong
        answer: dict[str, Any] = json.loads(said)
        return answer


def ids(standing: dict[str, Any]) -> list[str]:
    return [track["id"] for track in standing["tracks"]["tracks"]]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Iterator[Room]:
    with portrait_camera(portrait) as url:
        room = Room(tmp_path_factory.mktemp("r"), url)
        try:
            yield room
        finally:
            room.daemon.terminate()
            room.daemon.wait(timeout=10)


def test_status_tells_mood_presence_tracks_and_counts(room: Room) -> None:
    standing = room.status()
    assert standing["mood"]["emotion"] == "happy"
    assert standing["presence"]["present"] is True
    assert len(ids(standing)) == 5
    assert standing["frames"] > 0
    assert standing["paused"] is False
    _, said, _ = room.ask("status")
    assert "somebody is there" in said
    assert "happy" in said
    assert "  5. " in said


def test_next_brings_other_tracks_for_the_same_mood(room: Room) -> None:
    before = ids(room.status())
    assert not set(ids(room.status("next"))) & set(before)


def test_pause_and_resume_are_remembered(room: Room) -> None:
    assert room.status("pause")["paused"] is True
    assert room.status()["paused"] is True
    assert room.status("resume")["paused"] is False


def test_the_socket_is_for_user_and_group_alone(room: Room) -> None:
    assert stat.S_IMODE(room.socket.stat().st_mode) == 0o660


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"no json\n",
        b"[]\n",
        b'{"command": "sing"}\n',
        b'{"command": [1]}\n',
        b"x" * 5000,
    ],
)
def test_whatever_is_sent_the_daemon_lives(room: Room, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(room.socket))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
    assert "error" in json.loads(answer)
    assert room.status()["frames"] > 0


def test_who_asks_and_says_nothing_keeps_nobody_waiting(room: Room) -> None:
    idle = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(20)]
    for connection in idle:
        connection.connect(str(room.socket))
    assert room.status()["frames"] > 0
    for connection in idle:
        connection.close()


def test_a_second_daemon_is_refused(room: Room) -> None:
    code, _, wrong = room.ask("run", "--source", "http://127.0.0.1:9/none")
    assert code == 1
    assert wrong.startswith(f"moodpi: a moodpi already runs and listens at {room.socket}")
    assert room.status()["frames"] > 0


def test_sighup_takes_a_changed_configuration_and_refuses_a_wrong_one(room: Room) -> None:
    room.configuration.parent.mkdir(parents=True)
    room.configuration.write_text("[recommend]\ncount = 3\n")
    room.daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "was read again" in room.log.read_text(), "the log to say so")
    wait_for(lambda: room.status()["mood"] is not None, "the mood, found out anew")
    assert len(ids(room.status("next"))) == 3
    room.configuration.write_text("[recommend]\ncount = -3\n")
    room.daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "stays as it was" in room.log.read_text(), "the log to say so")
    assert "recommend.count" in room.log.read_text()
    assert len(ids(room.status("next"))) == 3
    room.configuration.unlink()


def test_sigusr1_shows_what_each_thread_does(room: Room) -> None:
    room.daemon.send_signal(signal.SIGUSR1)
    wait_for(lambda: "Current thread" in room.log.read_text(), "the stacks")
    assert room.status()["frames"] > 0


def test_a_killed_daemons_socket_is_taken_over_and_an_ended_ones_is_gone(room: Room) -> None:
    room.daemon.kill()
    room.daemon.wait()
    assert room.socket.exists()
    code, _, wrong = room.ask("status")
    assert (code, wrong.count("\n")) == (1, 1)
    room.daemon = room.start()
    room.daemon.terminate()
    room.daemon.wait(timeout=2)
    assert not room.socket.exists()
    code, _, wrong = room.ask("status")
    assert (code, wrong) == (
        1,
        "moodpi: no moodpi runs here: `moodpi run`, or `systemctl start moodpi`\n",
    )
