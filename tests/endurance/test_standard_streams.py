"""A daemon whose output nobody reads plays on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.waiting import wait_for


def has_tracks(daemon: DaemonProcess) -> bool:
    try:
        return daemon.send_command("status")["tracks"] is not None
    except (OSError, ValueError):
        return False


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full"])
def test_closed_streams_end_nothing(sandbox: Sandbox, closed: str) -> None:
    with sandbox.running(under=["sh", "-c", f'exec "$@" {closed}', "sh"]) as daemon:
        wait_for(lambda: has_tracks(daemon), "tracks")
        daemon.send_command("next")
        assert has_tracks(daemon)
        assert daemon.terminate() == (1 if "full" in closed else 0)


def test_a_reader_that_has_ended_is_logged_once(sandbox: Sandbox) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output, sandbox.running(stdout=output) as daemon:
        wait_for(lambda: has_tracks(daemon), "tracks")
        for _ in range(3):
            daemon.send_command("next")
        assert has_tracks(daemon)
        assert daemon.terminate() == 0
    assert len(sandbox.log_lines("nobody reads the events")) == 1
    assert "Traceback" not in sandbox.log.read_text()


def test_a_run_of_a_file_ends_with_its_reader(sandbox: Sandbox, portrait: Path) -> None:
    folder = sandbox.log.parent / "pictures"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number}.jpg").symlink_to(portrait)
    reading, writing = os.pipe()
    os.close(reading)
    with (
        os.fdopen(writing, "w") as output,
        sandbox.running("--source", str(folder), stdout=output) as daemon,
    ):
        assert daemon.process.wait(60) == 128 + 13
    assert "Traceback" not in sandbox.log.read_text()
