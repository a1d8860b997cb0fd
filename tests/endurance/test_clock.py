"""The clock of the wall is set, as by a person or a Pi that finds its network: nothing minds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.endurance.camera import NetworkCamera, empty_pictures
from tests.endurance.home import Home
from tests.waiting import wait_for

DAY = 86_400


@pytest.fixture
def faketime() -> Path:
    """libfaketime, which shifts the time of day that a program is told (Debian's `faketime`)."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed (apt install faketime)")
    return found[0]


@pytest.mark.parametrize("shift", [-DAY, pytest.param(DAY, marks=pytest.mark.long)])
def test_a_clock_set_by_a_day_changes_neither_mood_nor_history(
    home: Home,
    camera: NetworkCamera,
    somebody: list[bytes],
    faketime: Path,
    tmp_path: Path,
    shift: int,
) -> None:
    shifted = tmp_path / "shift"
    shifted.write_text("+0")
    variables = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME_TIMESTAMP_FILE": str(shifted),
        "FAKETIME_NO_CACHE": "1",
        # Setting a clock leaves CLOCK_MONOTONIC as it is (clock_gettime(2)).
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with home.running(**variables) as daemon:
        daemon.wait_for("tracks")
        before = daemon.ask("status")
        said = len(daemon.events)
        shifted.write_text(f"{shift:+}")
        wait_for(lambda: daemon.ask("status")["frames"] > before["frames"] + 20, "two seconds")
        assert daemon.events[said:] == []

        daemon.ask("next")
        said = daemon.wait_for("tracks", said)
        assert daemon.events[-1]["time"] == pytest.approx(time.time() + shift, abs=60)
        assert 2 < daemon.ask("status")["uptime"] - before["uptime"] < 60

        camera.pictures = empty_pictures(90)
        daemon.wait_for("presence", said, present=False)
        assert daemon.end() == 0
        given = daemon.given()
    assert home.played() == given
    camera.pictures = somebody
    with home.running() as daemon:
        daemon.wait_for("tracks")
        assert not set(daemon.given()) & set(given)
