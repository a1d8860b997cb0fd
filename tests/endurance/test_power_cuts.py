"""SIGKILL at random moments loses at most the list that is being written."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

import pytest

from tests.endurance.daemon_process import DaemonProcess, Sandbox

TRACKS = 5
# The latest tracks that must not repeat. After a hundred runs near one mood, older ones can.
REMEMBERED = 250


def request_lists(daemon: DaemonProcess) -> None:
    """Request list after list until the daemon has ended."""
    with suppress(OSError, ValueError):
        while daemon.process.poll() is None:
            daemon.send_command("next")


def run_until_killed(sandbox: Sandbox, rng: random.Random) -> list[str]:
    """Run the daemon, kill it at a random moment and return the recommended ids."""
    with sandbox.running() as daemon:
        # Half of the runs end while the daemon starts and recommends for the first time.
        if rng.random() < 0.5:
            daemon.wait_for("tracks")
            threading.Thread(target=request_lists, args=(daemon,), daemon=True).start()
            time.sleep(rng.uniform(0, 0.5))
        else:
            time.sleep(rng.uniform(0, 2))
        daemon.process.kill()
        daemon.process.wait()
        daemon.drain_output()
        return daemon.recommended_ids()


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.long)])
def test_a_kill_loses_at_most_the_last_list(sandbox: Sandbox, kills: int) -> None:
    rng = random.Random(kills)
    recommended: list[str] = []
    for _ in range(kills):
        printed = run_until_killed(sandbox, rng)
        stored = sandbox.played_ids()
        assert stored[: len(recommended) + len(printed)] == recommended + printed
        assert len(stored) - len(recommended) - len(printed) in (0, TRACKS)
        recommended = stored
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert not set(daemon.recommended_ids()) & set(recommended[-REMEMBERED:])
        assert daemon.terminate() == 0
    assert "damaged" not in sandbox.log.read_text()
