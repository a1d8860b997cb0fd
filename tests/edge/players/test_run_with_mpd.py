"""`moodpi run` and `moodpi doctor` with a real MPD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.open_player import WAIT_TIMEOUT
from tests.edge.players.server_processes import MpdProcess
from tests.edge.portrait_camera import portrait_camera
from tests.edge.room import HASTY, Room
from tests.waiting import wait_for

pytestmark = pytest.mark.system


@pytest.fixture
def mpd(tmp_path: Path, music: Path) -> Iterator[MpdProcess]:
    server = MpdProcess(tmp_path / "mpd", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def room(
    tmp_path_factory: pytest.TempPathFactory, portrait: Path, mpd: MpdProcess
) -> Iterator[Room]:
    """A room whose configuration has an MPD player. No daemon runs yet."""
    player = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
    with portrait_camera(portrait) as url:
        yield Room(tmp_path_factory.mktemp("r"), url, HASTY + player)


def test_a_dry_run_logs_the_tracks_and_plays_nothing(room: Room, mpd: MpdProcess) -> None:
    daemon = room.popen("run", "--source", room.camera, "--dry-run")
    wait_for(
        lambda: "dry run: mpd would play these 5 tracks" in room.log.read_text(),
        "a recommendation",
        WAIT_TIMEOUT,
    )
    assert mpd.queue() == []
    assert mpd.status()["state"] == "stop"
    daemon.terminate()
    assert daemon.wait(WAIT_TIMEOUT) == 0


def test_doctor_counts_the_songs_or_reports_a_missing_server(room: Room, mpd: MpdProcess) -> None:
    assert finding(room, "player") == ("ok", f"MPD at {mpd.address}")
    status, songs = finding(room, "songs")
    assert status == "ok"
    assert songs.startswith("60 of 63")
    mpd.kill()
    status, detail = finding(room, "player")
    assert status == "missing"
    assert mpd.address in detail


def finding(room: Room, subject: str) -> tuple[str, str]:
    """The status and the detail of a finding of doctor."""
    _, output, _ = room.ask("doctor", "--json")
    (found,) = (one for one in json.loads(output) if one["subject"] == subject)
    return found["status"], found["detail"]


def test_recognises_its_own_queue_after_a_crash(room: Room, mpd: MpdProcess) -> None:
    room.start()
    wait_for(lambda: mpd.status()["state"] == "play", "music")
    before = mpd.queue()
    room.daemon.kill()
    room.daemon.wait()
    assert mpd.queue() == before
    room.start()
    # The new tracks follow the current one.
    wait_for(
        lambda: mpd.queue()[1:] and mpd.queue()[1:] != before[1:], "the new tracks", WAIT_TIMEOUT
    )
    assert mpd.queue()[0] == before[0]
    assert mpd.status()["state"] == "play"
    code, _, error = room.ask("next")
    assert code == 0, error
    wait_for(lambda: set(mpd.queue()).isdisjoint(before), "the old tracks are removed")
    assert "not added by moodpi" not in room.log.read_text()
    room.stop()
    assert mpd.queue() == []
