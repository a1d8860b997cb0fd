"""What systemd hears over a run's life, and what a person finds out about one that runs."""

from __future__ import annotations

import ast
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.endurance.camera import NetworkCamera
from tests.endurance.home import Home
from tests.waiting import LONG_ENOUGH

WATCHDOG = {"WATCHDOG_USEC": "800000"}


class Systemd:
    """The socket that systemd would give, and all that came to it."""

    def __init__(self, address: Path) -> None:
        self.address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(60)

    def hear(self) -> str:
        return self._socket.recv(4096).decode()

    def hear_until(self, words: str) -> list[str]:
        """All messages up to one with these words in it."""
        heard, deadline = [self.hear()], time.monotonic() + LONG_ENOUGH
        while words not in heard[-1]:
            assert time.monotonic() < deadline, heard
            heard.append(self.hear())
        return heard

    def heard_nothing(self) -> bool:
        return not select.select([self._socket], [], [], 0)[0]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(home: Home) -> Iterator[Systemd]:
    systemd = Systemd(home.socket.with_name("notify"))
    home.variables["NOTIFY_SOCKET"] = systemd.address
    yield systemd
    systemd.close()


def test_systemd_hears_of_a_life_with_a_camera_that_is_lost(
    home: Home, camera: NetworkCamera, systemd: Systemd
) -> None:
    camera.unplug()
    with home.running(**WATCHDOG) as daemon:
        assert systemd.hear() == "READY=1\nSTATUS=looking for somebody"
        lost = systemd.hear_until("STATUS=the camera is lost: no video stream at")
        camera.plug_in()
        systemd.hear_until("STATUS=somebody is there")
        systemd.hear_until("STATUS=happy: first mood")
        camera.unplug()
        systemd.hear_until("STATUS=the camera is lost: ")
        assert {systemd.hear() for _ in range(5)} >= {"WATCHDOG=1"}
        assert daemon.ask("status")["camera"].startswith("the camera is lost: ")
        assert daemon.end() == 0
        assert systemd.hear_until("STOPPING=1")
    assert "READY" not in "".join(lost)


@pytest.mark.parametrize(
    "wrong",
    [
        '[model]\nname = "nobody"\n',
        '[recommend]\ncatalog = "/dev/null"\n',
        "[mood]\nsettle = -1\n",
    ],
)
def test_a_run_that_lacks_something_is_never_ready(
    make_home: Callable[..., Home], wrong: str
) -> None:
    home = make_home("http://127.0.0.1:9/video")
    home.configuration.write_text('[source]\ndevice = "http://127.0.0.1:9/video"\n' + wrong)
    systemd = Systemd(home.socket.with_name("notify"))
    with home.running(NOTIFY_SOCKET=systemd.address) as daemon:
        assert daemon.process.wait(60) != 0
    assert systemd.heard_nothing()
    systemd.close()


def test_every_thread_has_a_name() -> None:
    started = [
        call
        for path in (ROOT / "edge").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in ("threading.Thread", "Thread", "super().__init__")
        and any(word.arg in ("target", "daemon") for word in call.keywords)
    ]
    assert len(started) >= 5
    for call in started:
        assert any(word.arg == "name" for word in call.keywords), ast.unparse(call)
