"""Programs that talk to the daemon, and more of them than the system has room for."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from tests.endurance.home import Home
from tests.waiting import wait_for

MOST_FILES = 32


def test_more_clients_than_there_are_descriptors_are_lived_through(home: Home) -> None:
    with home.running(under=["prlimit", f"--nofile={MOST_FILES}"]) as daemon:
        daemon.wait_for("tracks")
        with ExitStack() as clients:
            for _ in range(2 * MOST_FILES):
                client = clients.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                client.connect(str(home.socket))
            wait_for(lambda: daemon.descriptors() == MOST_FILES, "no descriptor is left")
        before = daemon.ask("status")["frames"]
        wait_for(lambda: daemon.ask("status")["frames"] > before, "it watches on")
        assert daemon.end() == 0
    assert home.log.read_text().count("\n") == 1
