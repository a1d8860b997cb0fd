"""The player that is any program, with real programs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation
from edge.music.recommender import Recommender
from edge.players import CommandPlayer
from moodpi.errors import ConfigurationError, MoodpiError
from tests.processes import ZOMBIE, process_state
from tests.waiting import wait_for

KEEPS_WHAT_IT_HEARS = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
PLAYS_ON = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"


@pytest.fixture(scope="module")
def tracks() -> Recommendation:
    with Catalog.open() as catalog:
        return Recommender(catalog).recommend(Affect.from_emotion("happy"), "match", 5, seed=1)


def player(code: str, *arguments: object) -> CommandPlayer:
    command = (sys.executable, "-c", code, *map(str, arguments))
    return CommandPlayer(PlayerSettings(kind="command", command=command))


def written(path: Path) -> str:
    wait_for(lambda: path.is_file() and path.read_text() != "", f"{path.name} is written")
    return path.read_text()


def runs(process: int) -> bool:
    return process_state(process) not in (None, ZOMBIE)


def test_the_program_gets_the_tracks_as_recommend_prints_them(tracks, tmp_path) -> None:
    player(KEEPS_WHAT_IT_HEARS, tmp_path / "heard").play(tracks)
    heard = json.loads(written(tmp_path / "heard"))
    assert set(heard) == {"valence", "arousal", "strategy", "tracks"}
    assert [track["id"] for track in heard["tracks"]] == [c.track.id for c in tracks.tracks]
    assert heard["tracks"][0]["url"].startswith("https://open.spotify.com/track/")


def test_a_program_that_plays_on_is_ended_by_the_next_list_and_by_the_end(tracks, tmp_path) -> None:
    place = tmp_path / "process"
    playing = player(PLAYS_ON, place)
    playing.play(tracks)
    first = int(written(place))
    place.unlink()
    playing.play(tracks)
    second = int(written(place))
    assert process_state(first) is None
    assert runs(second)
    playing.close()
    assert process_state(second) is None


def test_a_pause_ends_the_program_and_the_tracks_come_anew_when_the_music_goes_on(
    tracks, tmp_path
) -> None:
    place = tmp_path / "process"
    playing = player(PLAYS_ON, place)
    playing.resume()
    playing.play(tracks)
    first = int(written(place))
    playing.pause()
    assert process_state(first) is None
    place.unlink()
    playing.resume()
    playing.resume(requested=True)
    second = int(written(place))
    assert runs(second)
    playing.close()
    assert process_state(second) is None


def test_what_a_program_leaves_behind_is_ended_too(tracks, tmp_path) -> None:
    place = tmp_path / "process"
    starts = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', *sys.argv[1:]])"
    playing = player(starts, PLAYS_ON, place)
    playing.play(tracks)
    left = int(written(place))
    leader = os.getsid(left)
    wait_for(lambda: process_state(leader) == ZOMBIE, "the program to end")
    playing.close()
    wait_for(lambda: process_state(left) is None, "what it started to end")


def test_an_ended_programs_number_stays_its_own_until_it_is_closed(tracks, tmp_path) -> None:
    place = tmp_path / "process"
    playing = player("import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))", place)
    playing.play(tracks)
    process = int(written(place))
    wait_for(lambda: process_state(process) == ZOMBIE, "the program to end")
    playing.close()
    assert process_state(process) is None


def test_a_program_that_is_killed_is_told_of(tracks, caplog) -> None:
    player("import os; os.kill(os.getpid(), 9)").play(tracks)
    wait_for(lambda: "failed: signal 9" in caplog.text, "the log to say so")


def test_a_program_that_does_not_listen_keeps_nobody_waiting(tracks) -> None:
    deaf = player("import sys, time; sys.stdin.close(); time.sleep(600)")
    deaf.play(tracks)
    deaf.close()


def test_a_program_that_fails_is_told_of_and_the_next_list_is_tried(tracks, caplog) -> None:
    failing = player("raise SystemExit(3)")
    failing.play(tracks)
    wait_for(lambda: "failed: exit 3" in caplog.text, "the log to say so")
    failing.play(tracks)
    wait_for(lambda: caplog.text.count("failed: exit 3") == 2, "the log to say so again")


def test_a_program_that_is_not_there_is_one_line(tracks) -> None:
    with pytest.raises(MoodpiError, match=r"player\.command /no/such/player cannot be started: No"):
        CommandPlayer(PlayerSettings(kind="command", command=("/no/such/player",))).play(tracks)


def test_without_a_program_the_configuration_is_wrong() -> None:
    with pytest.raises(ConfigurationError, match=r"player\.command is empty: expected a program"):
        CommandPlayer(PlayerSettings(kind="command"))
