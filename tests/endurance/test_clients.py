"""More clients of the control socket than the system has descriptors for."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from tests.endurance.daemon_process import Sandbox
from tests.waiting import wait_for

MAX_OPEN_FILES = 32


def test_the_daemon_survives_running_out_of_file_descriptors(sandbox: Sandbox) -> None:
    with sandbox.running(under=["prlimit", f"--nofile={MAX_OPEN_FILES}"]) as daemon:
        daemon.wait_for("tracks")
        with ExitStack() as clients:
            for _ in range(2 * MAX_OPEN_FILES):
                client = clients.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                client.connect(str(sandbox.socket))
            wait_for(lambda: daemon.descriptors() == MAX_OPEN_FILES, "no descriptor is left")
        before = daemon.send_command("status")["frames"]
        wait_for(
            lambda: daemon.send_command("status")["frames"] > before, "frames are still analysed"
        )
        assert daemon.terminate() == 0
    assert sandbox.log.read_text().count("\n") == 1
