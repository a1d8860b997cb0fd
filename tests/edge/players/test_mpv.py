"""The player on a real mpv: files, queue, external control and crashes."""

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
from typing import Any

import pytest

from catalog.own_songs import OwnSong, OwnSongs, own_songs_file
from edge.config.settings import PlayerSettings
from edge.music.library.library import library_file
from edge.music.library.song import Song
from edge.players import PlayerState, player_class
from moodpi.errors import ConfigurationError, UsageError
from tests.conftest import ROOT
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR
from tests.edge.players.audio_files import sample_tracks, write_music
from tests.edge.players.open_player import WAIT_TIMEOUT, open_player
from tests.processes import ZOMBIE, process_state
from tests.raising import raises
from tests.waiting import wait_for

pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def _needs_mpv() -> None:
    pytest.importorskip("mutagen")
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")


def open_mpv_player(music: Path, options: tuple[str, ...] = (), **settings: Any):
    return open_player(
        kind="mpv", music=(str(music),), mpv_options=("--ao=null", *options), **settings
    )


def test_matches_files_by_tags_and_plays_in_order(music):
    with open_mpv_player(music) as opened:
        opened.wait_for_library()
        assert (opened.player.library.song_count, opened.player.library.matched_count) == (63, 60)
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])


@pytest.mark.parametrize("folder", ["", "."], ids=["absolute", "relative"])
def test_plays_analyzed_songs_that_the_catalogue_does_not_know(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = ("Bright Song", "Sad Song")
    for name in names:
        write_wav(tmp_path / f"{name}.wav", chords(MAJOR))
    bright, sad = (str(tmp_path / f"{name}.wav") for name in names)
    songs = [OwnSong(bright, names[0], "", 0.6, 0.6), OwnSong(sad, names[1], "", -0.6, -0.6)]
    gone = OwnSong(str(tmp_path / "Gone.wav"), "Gone", "", 0.6, 0.6)
    OwnSongs([*songs, gone], (0.8, 0.7)).write(own_songs_file())
    with open_mpv_player(Path(folder or tmp_path)) as opened:
        opened.wait_for_library()
        assert opened.player.library.matched_count == 0
        recommended = opened.recommend("happy").tracks
        assert sorted(track.track.title for track in recommended) == [*names]
        assert not any(track.url for track in recommended)
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])


class RemoteControl:
    """Another program that controls the same mpv (mpv(1), JSON IPC)."""

    def __init__(self, folder: Path) -> None:
        self.option = f"--input-ipc-server={folder}/s"
        self._path = folder / "s"

    def send(self, *command: object) -> object:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(WAIT_TIMEOUT)
            connection.connect(str(self._path))
            connection.sendall(json.dumps({"command": command, "request_id": 1}).encode() + b"\n")
            for line in connection.makefile("rb"):
                answer = json.loads(line)
                if answer.get("request_id") == 1:
                    return answer.get("data")
        raise AssertionError(f"no answer to {command}")


@pytest.fixture
def remote() -> Iterator[RemoteControl]:
    # The path of a socket is limited to 107 bytes, tmp_path can be longer.
    with tempfile.TemporaryDirectory() as folder:
        yield RemoteControl(Path(folder))


@pytest.mark.parametrize(("change", "entries"), [("after_track", 6), ("now", 5)])
def test_new_tracks_start_after_the_current_track_or_now(change, entries, music, remote):
    with open_mpv_player(music, change=change, options=(remote.option,)) as opened:
        opened.wait_for_library()
        first = opened.play("happy")
        opened.wait_for_title(first[0])
        second = opened.play("sad")
        opened.wait_for_updates()
        assert len(remote.send("get_property", "playlist")) == entries
        assert opened.title == (first[0] if change == "after_track" else second[0])
        remote.send("playlist-next")
        opened.wait_for_title(second[0 if change == "after_track" else 1])


def test_pauses_and_resumes_and_respects_an_external_pause(music, remote):
    with open_mpv_player(music, options=(remote.option,)) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        opened.player.pause()
        wait_for(lambda: remote.send("get_property", "pause"), "it pauses")
        opened.player.resume()
        wait_for(lambda: not remote.send("get_property", "pause"), "it resumes")
        remote.send("cycle", "pause")
        wait_for(lambda: opened.state.paused_externally, "the external pause is detected")
        opened.play("sad")
        opened.wait_for_updates()
        assert remote.send("get_property", "pause") is True
        assert opened.title == titles[0]


def test_leaves_an_external_queue_alone_or_saves_it_first(music, remote, state_folder):
    for take_over in (False, True):
        with open_mpv_player(
            music, take_over=take_over, change="now", options=(remote.option,)
        ) as opened:
            opened.wait_for_library()
            opened.wait_for_title(opened.play("happy")[0])
            remote.send("loadfile", str(music / "unknown 0.flac"), "append")
            message = opened.wait_for_error("external_queue")
            assert message.startswith("1 songs in the queue of mpv")
            second = opened.play("sad")
            if take_over:
                opened.wait_for_title(second[0])
            opened.wait_for_updates()
            assert len(remote.send("get_property", "playlist")) == (5 if take_over else 6)
    (saved,) = state_folder.glob("before moodpi *.m3u")
    assert saved.read_text().count("\n") == 6


def test_restarts_a_killed_mpv_and_continues(music):
    with open_mpv_player(music) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        opened.player._server._process.kill()
        assert opened.wait_for_error("server_unreachable").startswith("mpv does not answer")
        opened.wait_for_title(titles[1])
        opened.wait_until_well()


def test_reads_only_new_and_changed_files(tmp_path, silent, monkeypatch):
    from edge.music.library.tags import read_tags

    write_music(tmp_path / "music", silent, sample_tracks(12, seed=7))
    with open_mpv_player(tmp_path / "music") as opened:
        opened.wait_for_library()
        assert opened.player.library.song_count == 12
    read: list[Path] = []

    def recorded(path: Path, revision: str) -> Song | None:
        read.append(path)
        return read_tags(path, revision)

    monkeypatch.setattr("edge.players.mpv_player.read_tags", recorded)
    write_music(tmp_path / "music" / "new", silent, sample_tracks(3, seed=8))
    with open_mpv_player(tmp_path / "music") as opened:
        wait_for(
            lambda: opened.player.library and opened.player.library.song_count == 15,
            "15",
            WAIT_TIMEOUT,
        )
    assert len(read) == 3


def test_plays_files_whose_names_are_not_utf8(tmp_path, silent, caplog):
    write_music(tmp_path / "music", silent, sample_tracks(20, seed=4))
    for number, path in enumerate(sorted((tmp_path / "music").rglob("*.flac"))):
        path.rename(path.with_name(os.fsdecode(b"caf\xe9 12:30 50%%%d.flac" % number)))
    for _ in range(2):  # the second time, the library is read from its file
        with open_mpv_player(tmp_path / "music") as opened:
            opened.wait_for_library()
            opened.wait_for_title(opened.play("happy")[0])
            assert opened.player.library.song_count == 20
    assert [path.name for path in library_file().parent.glob("library.json*")] == ["library.json"]
    assert "damaged" not in caplog.text


def test_names_a_file_that_it_skips(tmp_path, silent, caplog):
    write_music(tmp_path / "music", silent, sample_tracks(20, seed=4))
    path = next((tmp_path / "music").rglob("*.flac"))
    shutil.copy(path, path.with_name("a\nb.flac"))
    with open_mpv_player(tmp_path / "music") as opened:
        opened.wait_for_library()
        assert opened.player.library.song_count == 20
    assert library_file().is_file()
    assert caplog.text.count("skipped 1 files") == 1
    assert "a\nb.flac" in caplog.text


def test_reports_a_missing_folder(tmp_path):
    with open_mpv_player(tmp_path / "missing") as opened:
        assert str(tmp_path / "missing") in opened.wait_for_error("no_such_folder")


def test_reports_a_folder_that_is_missing_later(music, tmp_path):
    """As of a disk that is not mounted: its songs are known from the last run."""
    folder = tmp_path / "disk"
    shutil.copytree(music, folder)
    with open_mpv_player(folder) as opened:
        opened.wait_for_library()
    folder.rename(tmp_path / "elsewhere")
    with open_mpv_player(folder) as opened:
        assert str(folder) in opened.wait_for_error("no_such_folder")
        assert opened.player.library.matched_count == 60
    with raises("no_such_folder"):
        opened.player.fetch_library()


def failing_states(music: Path) -> Iterator[PlayerState]:
    """The states of an mpv without a sound card, from its first error to its second retry."""
    # A machine can have a sound card, but not a hundred.
    with open_mpv_player(music, ("--ao=alsa", "--audio-device=alsa/hw:99")) as opened:
        opened.wait_for_library()
        opened.play("happy")
        opened.wait_for_error("tracks_end_early")
        states: list[PlayerState] = []
        processes = set()

        def has_retried() -> bool:
            states.append(opened.state)
            processes.add(opened.player._server._process)
            return len(processes - {None}) > 2

        wait_for(has_retried, "two retries", WAIT_TIMEOUT)
    yield from states


def test_without_a_sound_card_the_error_is_mpvs_and_nothing_plays(music):
    states = [*failing_states(music)]
    (message,) = {state.error for state in states}
    assert message.endswith("Could not open/initialize audio device -> no sound.")
    assert not any(state.playing or state.heard or state.needs_tracks for state in states)


def test_the_reason_of_a_lasting_failure_is_the_first(music, tmp_path, monkeypatch):
    wrapper = tmp_path / "programs" / "mpv"
    wrapper.parent.mkdir()
    silent_mpv = f'exec {shutil.which("mpv")} "$@" > /dev/null 2>&1'
    wrapper.write_text(f'#!/bin/sh\necho "attempt $$"\n{silent_mpv}\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    (message,) = {state.error for state in failing_states(music)}
    assert "attempt " in message


def test_an_invalid_option_is_named_by_mpv(music):
    with open_mpv_player(music, ("--no-such-option",)) as opened:
        assert "no-such-option" in opened.wait_for_error("server_unreachable")


def test_requires_folders():
    with raises("no_music_folders", ConfigurationError):
        player_class("mpv")(PlayerSettings(kind="mpv"))


def test_the_music_of_an_unknown_user_is_an_error() -> None:
    with raises("no_home_folder", UsageError):
        player_class("mpv")(PlayerSettings(kind="mpv", music=("~no-such-user/music",)), None)


def test_mpv_ends_with_a_killed_moodpi(music):
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

    wait_for(lambda: process_state(mpv) in (None, ZOMBIE), "mpv has ended")
