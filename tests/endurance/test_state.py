"""Where moodpi keeps its state there is no room, no writing or only rubbish: the music goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.endurance.home import Home, Running
from tests.waiting import wait_for

SIZE = 8 * 1024**2
TROUBLE = "going on without the listener's history"


@pytest.fixture
def disk(home: Home) -> Iterator[Path]:
    """The state folder, on a small disk of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    home.state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "moodpi-test", home.state]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    yield home.state
    subprocess.run(["umount", "--lazy", home.state], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    filler = disk / "filler"
    filler.write_bytes(b"\xff" * shutil.disk_usage(disk).free)
    assert shutil.disk_usage(disk).free == 0
    return filler


def other_tracks(daemon: Running) -> list[str]:
    """The ids of the tracks that come when others are asked for."""
    daemon.ask("next")
    tracks = daemon.ask("status")["tracks"]["tracks"]
    return [track["id"] for track in tracks]


def test_a_disk_that_fills_up_costs_one_line_and_loses_nothing(home: Home, disk: Path) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        filler = fill(disk)
        lists = [other_tracks(daemon) for _ in range(20)]
        given = [track for tracks in lists for track in tracks]
        assert len(set(given)) == len(given) == 100
        assert len(home.lines(TROUBLE)) == 1
        filler.unlink()
        other_tracks(daemon)
        assert daemon.end() == 0
        assert home.played() == daemon.given()


def test_a_disk_that_is_full_from_the_start_costs_one_line(home: Home, disk: Path) -> None:
    fill(disk)
    with home.running() as daemon:
        daemon.wait_for("tracks")
        first = daemon.given()
        assert not set(other_tracks(daemon)) & set(first)
        assert daemon.end() == 0
    assert len(home.log.read_text().splitlines()) == 2


def test_a_folder_that_cannot_be_written_costs_one_line(home: Home, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with home.running() as daemon:
        daemon.wait_for("tracks")
        first = daemon.given()
        assert not set(other_tracks(daemon)) & set(first)
        assert daemon.end() == 0
    assert len(home.log.read_text().splitlines()) == 2


def test_events_that_cannot_be_written_end_nothing_until_the_end_says_so(
    home: Home, disk: Path
) -> None:
    fill(disk)
    with (disk / "events").open("w") as events, home.running(stdout=events) as daemon:
        daemon.wait_for_log("events cannot be written")
        wait_for(lambda: daemon.ask("status")["tracks"] is not None, "tracks")
        assert len(set(other_tracks(daemon)) | set(other_tracks(daemon))) == 10
        assert daemon.end() == 1
    assert len(home.lines("events cannot be written")) == 1
    assert home.log.read_text().endswith("moodpi: output: No space left on device\n")


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def rubbish(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"rubbish " * 1000)


@pytest.mark.parametrize("damage", [half, rubbish])
def test_a_damaged_file_is_set_aside_with_one_line_and_a_new_one_begun(
    home: Home, damage: Callable[[Path], None]
) -> None:
    with home.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.end() == 0
    damage(home.listener)
    with home.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.end() == 0
        assert home.played() == daemon.given()
    assert len(home.lines("was damaged")) == 1
    assert len(list(home.state.glob("listener.sqlite.damaged-*"))) == 1


def test_a_file_in_the_sockets_place_keeps_nobody_from_hearing_music(home: Home) -> None:
    home.socket.write_text("in the way")
    with home.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.end() == 0
    assert len(home.lines("moodpi cannot be spoken to while it runs")) == 1
