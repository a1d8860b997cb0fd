"""The daemon plays on when its state folder is full, read-only or damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.waiting import wait_for

SIZE = 8 * 1024**2
HISTORY_LOST = "continuing without the history"


@pytest.fixture
def disk(sandbox: Sandbox) -> Iterator[Path]:
    """The state folder as the mount point of a small disk."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    sandbox.state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "moodpi-test", str(sandbox.state)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    yield sandbox.state
    subprocess.run(["umount", "--lazy", sandbox.state], check=True)


def fill(disk: Path) -> Path:
    """Fill the disk with one file and return its path."""
    filler = disk / "filler"
    filler.write_bytes(b"\xff" * shutil.disk_usage(disk).free)
    assert shutil.disk_usage(disk).free == 0
    return filler


def next_tracks(daemon: DaemonProcess) -> list[str]:
    """Request the next list and return its ids."""
    daemon.send_command("next")
    tracks = daemon.send_command("status")["tracks"]["tracks"]
    return [track["id"] for track in tracks]


def test_a_disk_that_fills_up_is_logged_once_and_loses_nothing(
    sandbox: Sandbox, disk: Path
) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        filler = fill(disk)
        lists = [next_tracks(daemon) for _ in range(20)]
        recommended = [track for tracks in lists for track in tracks]
        assert len(set(recommended)) == len(recommended) == 100
        assert len(sandbox.log_lines(HISTORY_LOST)) == 1
        filler.unlink()
        next_tracks(daemon)
        assert daemon.terminate() == 0
        assert sandbox.played_ids() == daemon.recommended_ids()


def test_a_disk_that_is_full_at_the_start_is_logged_once(sandbox: Sandbox, disk: Path) -> None:
    fill(disk)
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        first = daemon.recommended_ids()
        assert not set(next_tracks(daemon)) & set(first)
        assert daemon.terminate() == 0
    assert len(sandbox.log.read_text().splitlines()) == 2


def test_a_read_only_folder_is_logged_once(sandbox: Sandbox, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        first = daemon.recommended_ids()
        assert not set(next_tracks(daemon)) & set(first)
        assert daemon.terminate() == 0
    assert len(sandbox.log_lines("another moodpi cannot be detected")) == 1
    assert len(sandbox.log_lines(HISTORY_LOST)) == 1
    assert len(sandbox.log.read_text().splitlines()) == 3


def test_events_that_cannot_be_written_fail_the_run_only_at_its_end(
    sandbox: Sandbox, disk: Path
) -> None:
    fill(disk)
    with (disk / "events").open("w") as events, sandbox.running(stdout=events) as daemon:
        daemon.wait_for_log("events cannot be written")
        wait_for(lambda: daemon.send_command("status")["tracks"] is not None, "tracks")
        assert len(set(next_tracks(daemon)) | set(next_tracks(daemon))) == 10
        assert daemon.terminate() == 1
    assert len(sandbox.log_lines("events cannot be written")) == 1
    assert sandbox.log.read_text().endswith("moodpi: output: No space left on device\n")


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"rubbish " * 1000)


@pytest.mark.parametrize("damage", [truncate, overwrite])
def test_a_damaged_file_is_quarantined_and_replaced(
    sandbox: Sandbox, damage: Callable[[Path], None]
) -> None:
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.terminate() == 0
    damage(sandbox.profile)
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.terminate() == 0
        assert sandbox.played_ids() == daemon.recommended_ids()
    assert len(sandbox.log_lines("is damaged")) == 1
    assert len(list(sandbox.state.glob("listener.sqlite.damaged-*"))) == 1


def test_a_file_at_the_sockets_path_does_not_stop_the_music(sandbox: Sandbox) -> None:
    sandbox.socket.write_text("in the way")
    with sandbox.running() as daemon:
        daemon.wait_for("tracks")
        assert daemon.terminate() == 0
    assert len(sandbox.log_lines("no control socket")) == 1
