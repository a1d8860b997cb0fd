"""The system clock is set by a day while the daemon runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.endurance.daemon_process import Sandbox
from tests.endurance.network_camera import NetworkCamera, empty_pictures
from tests.waiting import wait_for

DAY = 86_400


@pytest.fixture
def faketime() -> Path:
    """The library of Debian's `faketime`, which shifts the system time that a program reads."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed (apt install faketime)")
    return found[0]


@pytest.mark.parametrize("shift", [-DAY, pytest.param(DAY, marks=pytest.mark.long)])
def test_a_clock_set_by_a_day_changes_neither_mood_nor_history(
    sandbox: Sandbox,
    camera: NetworkCamera,
    face_pictures: list[bytes],
    faketime: Path,
    tmp_path: Path,
    shift: int,
) -> None:
    shifted = tmp_path / "shift"
    shifted.write_text("+0")
    variables: dict[str, Any] = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME_TIMESTAMP_FILE": str(shifted),
        "FAKETIME_NO_CACHE": "1",
        # Setting a clock leaves CLOCK_MONOTONIC as it is (clock_gettime(2)).
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Its correction of waits by that clock lets a thread miss that it is woken.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }
    with sandbox.running(**variables) as daemon:
        daemon.wait_for("tracks")
        before = daemon.send_command("status")
        seen = len(daemon.events)
        shifted.write_text(f"{shift:+}")
        wait_for(
            lambda: daemon.send_command("status")["frames"] > before["frames"] + 45, "three seconds"
        )
        assert {event["event"] for event in daemon.events[seen:]} <= {"affect"}

        daemon.send_command("next")
        seen = daemon.wait_for("tracks", seen)
        assert daemon.events[-1]["time"] == pytest.approx(time.time() + shift, abs=60)
        assert 2 < daemon.send_command("status")["uptime"] - before["uptime"] < 60

        camera.pictures = empty_pictures(90)
        daemon.wait_for("presence", seen, present=False)
        assert daemon.terminate() == 0
        recommended = daemon.recommended_ids()
    assert sandbox.played_ids() == recommended
    camera.pictures = face_pictures
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert not set(daemon.recommended_ids()) & set(recommended)
