"""`moodpi run` and a real MPD: what is rehearsed, what doctor counts, and a kill -9 in mid song."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.servers import Mpd
from tests.edge.players.stage import SOON
from tests.edge.portrait_camera import portrait_camera
from tests.edge.room import HASTY, Room
from tests.waiting import wait_for


@pytest.fixture
def mpd(tmp_path: Path, music: Path) -> Iterator[Mpd]:
    server = Mpd(tmp_path / "mpd", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory, portrait: Path, mpd: Mpd) -> Iterator[Room]:
    """One whose music is MPD's; nothing runs in it yet."""
    player = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
    with portrait_camera(portrait) as url:
        yield Room(tmp_path_factory.mktemp("r"), url, HASTY + player)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(room: Room, mpd: Mpd) -> None:
    daemon = room.popen("run", "--source", room.camera, "--dry-run")
    wait_for(
        lambda: "dry run: mpd would get these 5 tracks" in room.log.read_text(), "a list", SOON
    )
    assert mpd.queue() == []
    assert mpd.status()["state"] == "stop"
    daemon.terminate()
    assert daemon.wait(SOON) == 0


def test_doctor_counts_the_songs_and_tells_when_it_cannot(room: Room, mpd: Mpd) -> None:
    assert found(room, "player") == ("ok", f"MPD at {mpd.address}")
    status, songs = found(room, "songs")
    assert status == "ok"
    assert songs.startswith("60 of 63")
    mpd.kill()
    status, why = found(room, "player")
    assert status == "missing"
    assert mpd.address in why


def found(room: Room, subject: str) -> tuple[str, str]:
    """What doctor finds of it: the status, and in words."""
    _, said, _ = room.ask("doctor", "--json")
    (finding,) = (one for one in json.loads(said) if one["subject"] == subject)
    return finding["status"], finding["detail"]


def test_killed_in_mid_song_it_knows_its_own_queue_again(room: Room, mpd: Mpd) -> None:
    room.start()
    wait_for(lambda: mpd.status()["state"] == "play", "music", SOON)
    before = mpd.queue()
    room.daemon.kill()
    room.daemon.wait()
    assert mpd.queue() == before
    room.start()
    # What is heard is heard to its end, and only then comes the new list.
    wait_for(lambda: mpd.queue()[1:] and mpd.queue()[1:] != before[1:], "its next list", SOON)
    assert mpd.queue()[0] == before[0]
    assert mpd.status()["state"] == "play"
    code, _, wrong = room.ask("next")
    assert code == 0, wrong
    wait_for(lambda: set(mpd.queue()).isdisjoint(before), "what was before is gone", SOON)
    assert "not moodpi's" not in room.log.read_text()
    room.stop()
    assert mpd.queue() == []
