"""`moodpi run` and `moodpi doctor` with a real MPD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.open_player import WAIT_TIMEOUT
from tests.edge.players.server_processes import MpdProcess
from tests.edge.portrait_camera import portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for

pytestmark = pytest.mark.system


@pytest.fixture
def mpd(tmp_path: Path, music: Path) -> Iterator[MpdProcess]:
    server = MpdProcess(tmp_path / "mpd", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def daemon(
    tmp_path_factory: pytest.TempPathFactory, portrait: Path, mpd: MpdProcess
) -> Iterator[RunningDaemon]:
    """A room whose configuration has an MPD player. No daemon runs yet."""
    player = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
    with portrait_camera(portrait) as url:
        yield RunningDaemon(tmp_path_factory.mktemp("r"), url, FAST_MOODS + player)


def test_a_dry_run_logs_the_tracks_and_plays_nothing(
    daemon: RunningDaemon, mpd: MpdProcess
) -> None:
    dry_run = daemon.popen("run", "--source", daemon.camera, "--dry-run")
    wait_for(
        lambda: "dry run: mpd would play these 5 tracks" in daemon.log.read_text(),
        "a recommendation",
        WAIT_TIMEOUT,
    )
    assert mpd.queue() == []
    assert mpd.status()["state"] == "stop"
    dry_run.terminate()
    assert dry_run.wait(WAIT_TIMEOUT) == 0


def test_doctor_counts_the_songs_or_reports_a_missing_server(
    daemon: RunningDaemon, mpd: MpdProcess
) -> None:
    assert finding(daemon, "player") == ("ok", f"MPD at {mpd.address}")
    status, songs = finding(daemon, "songs")
    assert status == "ok"
    assert songs.startswith("60 of 63")
    mpd.kill()
    status, detail = finding(daemon, "player")
    assert status == "missing"
    assert mpd.address in detail


def finding(daemon: RunningDaemon, subject: str) -> tuple[str, str]:
    """The status and the detail of a finding of doctor."""
    _, output, _ = daemon.run_command("doctor", "--json")
    (found,) = (one for one in json.loads(output) if one["subject"] == subject)
    return found["status"], found["detail"]


def test_recognizes_its_own_queue_after_a_crash(daemon: RunningDaemon, mpd: MpdProcess) -> None:
    daemon.start()
    wait_for(lambda: mpd.status()["state"] == "play", "music")
    before, old_entries = mpd.queue(), mpd.entry_ids()
    daemon.process.kill()
    daemon.process.wait()
    assert mpd.queue() == before
    daemon.start()
    # The new tracks follow the current one.
    wait_for(
        lambda: mpd.queue()[1:] and mpd.queue()[1:] != before[1:], "the new tracks", WAIT_TIMEOUT
    )
    assert mpd.queue()[0] == before[0]
    assert mpd.status()["state"] == "play"
    code, _, error = daemon.run_command("next")
    assert code == 0, error
    # A track that has not sounded yet can be selected again.
    wait_for(lambda: mpd.entry_ids().isdisjoint(old_entries), "the old entries are removed")
    assert "not added by moodpi" not in daemon.log.read_text()
    daemon.stop()
    assert mpd.queue() == []
