"""The messages that the daemon sends to systemd (sd_notify)."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.endurance.daemon_process import Sandbox
from tests.endurance.network_camera import NetworkCamera
from tests.waiting import WAIT_TIMEOUT

WATCHDOG: dict[str, Any] = {"WATCHDOG_USEC": "800000"}


class NotifySocket:
    """The receiving end of systemd's notification socket."""

    def __init__(self, address: Path) -> None:
        self.address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(60)

    def receive(self) -> str:
        return self._socket.recv(4096).decode()

    def receive_until(self, text: str) -> list[str]:
        """All messages up to the first that contains `text`."""
        messages, deadline = [self.receive()], time.monotonic() + WAIT_TIMEOUT
        while text not in messages[-1]:
            assert time.monotonic() < deadline, messages
            messages.append(self.receive())
        return messages

    def is_empty(self) -> bool:
        return not select.select([self._socket], [], [], 0)[0]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(sandbox: Sandbox) -> Iterator[NotifySocket]:
    systemd = NotifySocket(sandbox.socket.with_name("notify"))
    sandbox.variables["NOTIFY_SOCKET"] = systemd.address
    yield systemd
    systemd.close()


def test_status_watchdog_and_stopping_are_notified(
    sandbox: Sandbox, camera: NetworkCamera, systemd: NotifySocket
) -> None:
    camera.stop()
    with sandbox.running(**WATCHDOG) as daemon:
        assert systemd.receive() == "READY=1\nSTATUS=Nobody in view"
        lost = systemd.receive_until("STATUS=the camera is lost: no picture from")
        camera.start()
        systemd.receive_until("STATUS=Somebody in view")
        systemd.receive_until("STATUS=happy: first mood")
        camera.stop()
        systemd.receive_until("STATUS=the camera is lost: ")
        assert {systemd.receive() for _ in range(5)} >= {"WATCHDOG=1"}
        assert daemon.send_command("status")["camera_error"].startswith("the camera is lost: ")
        assert daemon.terminate() == 0
        assert systemd.receive_until("STOPPING=1")
    assert "READY" not in "".join(lost)


@pytest.mark.parametrize(
    "wrong",
    [
        '[model]\nname = "nobody"\n',
        '[recommend]\ncatalog = "/dev/null"\n',
        "[mood]\nsmoothing = -1\n",
    ],
)
def test_a_run_that_cannot_start_is_never_ready(
    make_sandbox: Callable[..., Sandbox], wrong: str
) -> None:
    sandbox = make_sandbox("http://127.0.0.1:9/video")
    sandbox.configuration.write_text('[source]\ndevice = "http://127.0.0.1:9/video"\n' + wrong)
    systemd = NotifySocket(sandbox.socket.with_name("notify"))
    with sandbox.running(NOTIFY_SOCKET=systemd.address) as daemon:
        assert daemon.process.wait(60) != 0
    assert systemd.is_empty()
    systemd.close()
