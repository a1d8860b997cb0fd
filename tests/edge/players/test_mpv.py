"""The player on a real mpv: its files, its list, and what happens when either of them dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.settings import PlayerSettings
from edge.music.library.library import library_file
from edge.players import find_player
from moodpi.errors import ConfigurationError
from tests.conftest import ROOT
from tests.edge.players.shelf import draw, fill
from tests.edge.players.stage import SOON, stage
from tests.processes import ZOMBIE, process_state
from tests.waiting import wait_for


@pytest.fixture(autouse=True)
def _needs_mpv() -> None:
    pytest.importorskip("mutagen")
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")


def playing(music: Path, options: tuple[str, ...] = (), **settings: object):
    return stage(kind="mpv", music=(str(music),), mpv_options=("--ao=null", *options), **settings)


def test_files_are_known_by_their_tags_and_a_list_is_played_in_its_order(music):
    with playing(music) as played:
        played.known()
        assert (played.player.library.songs, played.player.library.known) == (63, 60)
        titles = played.play("happy")
        played.hears(titles[0])


class Owner:
    """Another program's way to the same mpv, as a remote control has it (mpv(1), JSON IPC)."""

    def __init__(self, folder: Path) -> None:
        self.option = f"--input-ipc-server={folder}/s"
        self._path = folder / "s"

    def ask(self, *command: object) -> object:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(SOON)
            connection.connect(str(self._path))
            connection.sendall(json.dumps({"command": command, "request_id": 1}).encode() + b"\n")
            for line in connection.makefile("rb"):
                answer = json.loads(line)
                if answer.get("request_id") == 1:
                    return answer.get("data")
        raise AssertionError(f"mpv has not answered {command}")


@pytest.fixture
def owner() -> Iterator[Owner]:
    # A socket's path is short, a test's folder is not.
    with tempfile.TemporaryDirectory() as folder:
        yield Owner(Path(folder))


@pytest.mark.parametrize(("change", "left"), [("after_track", 6), ("now", 5)])
def test_another_mood_waits_for_the_song_to_end_unless_it_shall_be_now(change, left, music, owner):
    with playing(music, change=change, options=(owner.option,)) as played:
        played.known()
        first = played.play("happy")
        played.hears(first[0])
        second = played.play("sad")
        played.turns()
        assert len(owner.ask("get_property", "playlist")) == left
        assert played.title == (first[0] if change == "after_track" else second[0])
        owner.ask("playlist-next")
        played.hears(second[0 if change == "after_track" else 1])


def test_silence_and_going_on_and_a_pause_of_the_owners(music, owner):
    with playing(music, options=(owner.option,)) as played:
        played.known()
        titles = played.play("happy")
        played.hears(titles[0])
        played.player.pause()
        wait_for(lambda: owner.ask("get_property", "pause"), "it pauses", SOON)
        played.player.resume()
        wait_for(lambda: not owner.ask("get_property", "pause"), "it goes on", SOON)
        owner.ask("cycle", "pause")
        wait_for(lambda: played.state.paused_externally, "it is noticed", SOON)
        played.play("sad")
        played.turns()
        assert owner.ask("get_property", "pause") is True
        assert played.title == titles[0]


def test_what_the_owner_adds_is_left_alone_or_saved_first(music, owner, state):
    for take_over in (False, True):
        with playing(music, take_over=take_over, change="now", options=(owner.option,)) as played:
            played.known()
            played.hears(played.play("happy")[0])
            owner.ask("loadfile", str(music / "unknown 0.flac"), "append")
            played.trouble("1 songs in the queue of mpv are not moodpi's")
            second = played.play("sad")
            if take_over:
                played.hears(second[0])
            played.turns()
            assert len(owner.ask("get_property", "playlist")) == (5 if take_over else 6)
    (saved,) = state.glob("before moodpi *.m3u")
    assert saved.read_text().count("\n") == 6


def test_killed_it_is_started_anew_and_goes_on(music):
    with playing(music) as played:
        played.known()
        titles = played.play("happy")
        played.hears(titles[0])
        played.player._server._process.kill()
        played.trouble("mpv does not answer")
        played.hears(titles[1])
        assert played.state.error == ""


def test_only_new_and_changed_files_are_read_again(tmp_path, silent, monkeypatch):
    import edge.players.mpv_player as module

    fill(tmp_path / "music", silent, draw(12, seed=7))
    with playing(tmp_path / "music") as played:
        played.known()
        assert played.player.library.songs == 12
    read = []
    before = module.read_tags
    monkeypatch.setattr(
        module, "read_tags", lambda path, stamp: read.append(path) or before(path, stamp)
    )
    fill(tmp_path / "music" / "new", silent, draw(3, seed=8))
    with playing(tmp_path / "music") as played:
        wait_for(lambda: played.player.library and played.player.library.songs == 15, "15", SOON)
    assert len(read) == 3


def test_a_name_that_is_no_utf8_is_left_out_and_the_others_are_kept(tmp_path, silent, caplog):
    fill(tmp_path / "music", silent, draw(20, seed=4))
    some = next((tmp_path / "music").rglob("*.flac"))
    shutil.copy(some, os.fsencode(some.parent) + b"/caf\xe9.flac")
    with playing(tmp_path / "music") as played:
        played.known()
        played.hears(played.play("happy")[0])
        assert played.player.library.songs == 20
    assert library_file().is_file()
    assert caplog.text.count("1 files are left out") == 1


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with playing(tmp_path / "away") as played:
        played.trouble(f"player.music: no folder {tmp_path / 'away'}: is the disk there?")


def test_without_folders_the_configuration_is_wrong():
    with pytest.raises(ConfigurationError, match=r"player\.music is empty: expected folders"):
        find_player("mpv")(PlayerSettings(kind="mpv"))


def test_a_killed_moodpi_leaves_no_mpv_behind(music):
    code = (
        "import sys, time; from pathlib import Path; "
        "from edge.players.mpv_player import MpvServer; "
        "server = MpvServer([Path(sys.argv[1])], ['--ao=null']); server.connect(); "
        "print(server._process.pid, flush=True); time.sleep(600)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", code, str(music)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    mpv = int(killed.stdout.readline())
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    wait_for(lambda: process_state(mpv) in (None, ZOMBIE), "mpv has ended", SOON)
