"""kill -9 at random moments: what was given is remembered, but for the list being given."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

import pytest

from tests.endurance.home import Home, Running

TRACKS = 5
# Of so many tracks none comes again; of a hundred lives' some may, all near one mood.
REMEMBERED = 250


def keep_choosing(daemon: Running) -> None:
    """Ask for other tracks, one list after the other, until the daemon is gone."""
    with suppress(OSError, ValueError):
        while daemon.process.poll() is None:
            daemon.ask("next")


def kill_some_time(home: Home, moment: random.Random) -> list[str]:
    """One life of the daemon, ended as its plug is pulled; the ids of the tracks that it gave."""
    with home.running() as daemon:
        # Half of the lives end while it starts, opens its files and chooses for the first time.
        if moment.random() < 0.5:
            daemon.wait_for("tracks")
            threading.Thread(target=keep_choosing, args=(daemon,), daemon=True).start()
            time.sleep(moment.uniform(0, 0.5))
        else:
            time.sleep(moment.uniform(0, 2))
        daemon.process.kill()
        daemon.process.wait()
        daemon.heard_out()
        return daemon.given()


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.long)])
def test_nothing_is_lost_but_the_last_entry(home: Home, kills: int) -> None:
    moment = random.Random(kills)
    given: list[str] = []
    for _ in range(kills):
        told = kill_some_time(home, moment)
        kept = home.played()
        assert kept[: len(given) + len(told)] == given + told
        assert len(kept) - len(given) - len(told) in (0, TRACKS)
        given = kept
    with home.running() as daemon:
        daemon.wait_for("tracks")
        assert not set(daemon.given()) & set(given[-REMEMBERED:])
        assert daemon.end() == 0
    assert "damaged" not in home.log.read_text()
