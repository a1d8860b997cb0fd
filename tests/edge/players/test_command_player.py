"""The player that starts a program, with real programs."""

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
from moodpi.errors import ConfigurationError
from tests.conftest import ROOT
from tests.processes import ZOMBIE, process_state
from tests.raising import raises
from tests.waiting import wait_for

SAVES_STDIN = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
RUNS_FOREVER = (
    "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
)


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


def test_writes_the_tracks_as_json_to_stdin(tracks, tmp_path) -> None:
    player(SAVES_STDIN, tmp_path / "document").play(tracks)
    document = json.loads(written(tmp_path / "document"))
    assert set(document) == {"emotion", "valence", "arousal", "strategy", "tracks"}
    assert document["emotion"] == "happy"
    assert [track["id"] for track in document["tracks"]] == [c.track.id for c in tracks.tracks]
    assert document["tracks"][0]["url"].startswith("https://open.spotify.com/track/")


def test_the_next_list_and_close_stop_the_program(tracks, tmp_path) -> None:
    pid_file = tmp_path / "process"
    playing = player(RUNS_FOREVER, pid_file)
    playing.play(tracks)
    first = int(written(pid_file))
    pid_file.unlink()
    playing.play(tracks)
    second = int(written(pid_file))
    assert process_state(first) is None
    assert runs(second)
    playing.close()
    assert process_state(second) is None


def test_pause_stops_the_program_and_resume_starts_it_again(tracks, tmp_path) -> None:
    pid_file = tmp_path / "process"
    playing = player(RUNS_FOREVER, pid_file)
    playing.resume()
    playing.play(tracks)
    first = int(written(pid_file))
    playing.pause()
    assert process_state(first) is None
    pid_file.unlink()
    playing.resume()
    playing.resume(requested=True)
    second = int(written(pid_file))
    assert runs(second)
    playing.close()
    assert process_state(second) is None


def test_close_stops_the_children_of_the_program(tracks, tmp_path) -> None:
    pid_file = tmp_path / "process"
    starts = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', *sys.argv[1:]])"
    playing = player(starts, RUNS_FOREVER, pid_file)
    playing.play(tracks)
    child = int(written(pid_file))
    leader = os.getsid(child)
    wait_for(lambda: process_state(leader) == ZOMBIE, "the program to end")
    playing.close()
    wait_for(lambda: process_state(child) is None, "the child to end")


def test_an_ended_program_keeps_its_process_id_until_close(tracks, tmp_path) -> None:
    pid_file = tmp_path / "process"
    playing = player("import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))", pid_file)
    playing.play(tracks)
    process = int(written(pid_file))
    wait_for(lambda: process_state(process) == ZOMBIE, "the program to end")
    playing.close()
    assert process_state(process) is None


def test_reports_a_killed_program(tracks) -> None:
    killed = player("import os; os.kill(os.getpid(), 9)")
    killed.play(tracks)
    wait_for(lambda: killed.state().error.endswith("failed: signal 9"), "the error")
    assert killed.state().heard == ()
    assert not killed.is_busy
    killed.close()


def test_the_last_line_of_a_failed_program_is_the_reason(tracks) -> None:
    failing = player("import sys; print('one', file=sys.stderr); sys.exit('no speaker')")
    failing.play(tracks)
    wait_for(lambda: failing.state().error_code == "player_failed", "the error")
    assert failing.state().error.endswith("failed: exit 1: no speaker")
    failing.close()


def test_a_program_that_ends_without_an_error_has_played_its_tracks(tracks) -> None:
    ended = player("import sys; sys.stdin.read()")
    ended.play(tracks)
    assert ended.state().heard == ()
    wait_for(lambda: not ended.is_busy, "the end of the program")
    assert ended.state().heard == tracks.tracks
    ended.close()


def test_the_document_fits_its_schema(tracks, tmp_path) -> None:
    jsonschema = pytest.importorskip("jsonschema_rs")
    schema = json.loads((ROOT / "docs" / "player-command.schema.json").read_text())
    player(SAVES_STDIN, tmp_path / "document").play(tracks)
    document = json.loads(written(tmp_path / "document"))
    assert jsonschema.is_valid(schema, document)
    assert not jsonschema.is_valid(schema, document | {"emotion": "hungry"})
    assert not jsonschema.is_valid(schema, document | {"tracks": [{"id": "x"}]})


def test_a_removed_track_leaves_the_program(tracks, tmp_path) -> None:
    keeps = f"{SAVES_STDIN}; import time; time.sleep(600)"
    playing = player(keeps, tmp_path / "document")
    playing.play(tracks)
    written(tmp_path / "document")
    (tmp_path / "document").unlink()
    playing.remove(frozenset({"an id of no track"}))
    assert not (tmp_path / "document").exists()
    playing.remove(frozenset({tracks.tracks[1].track.id}))
    document = json.loads(written(tmp_path / "document"))
    ids = [track.track.id for track in tracks.tracks]
    assert [track["id"] for track in document["tracks"]] == [ids[0], *ids[2:]]
    playing.close()


def test_a_program_that_does_not_read_blocks_nothing(tracks) -> None:
    started = player("import sys, time; sys.stdin.close(); time.sleep(600)")
    started.play(tracks)
    started.close()


def test_an_error_lasts_until_a_program_has_played(tracks, tmp_path) -> None:
    code = "import os, sys, time; os.path.exists(sys.argv[1]) or sys.exit(3); time.sleep(0.5)"
    playing = player(code, tmp_path / "repaired")
    playing.play(tracks)
    wait_for(lambda: playing.state().error.endswith("failed: exit 3"), "the error")
    (tmp_path / "repaired").touch()
    playing.play(tracks)
    assert playing.state().error
    wait_for(lambda: not playing.state().error, "the end of the error")
    playing.close()


def test_reports_a_missing_program(tracks) -> None:
    with raises("cannot_start_player"):
        CommandPlayer(PlayerSettings(kind="command", command=("/no/such/player",))).play(tracks)


def test_requires_a_program() -> None:
    with raises("no_player_command", ConfigurationError):
        CommandPlayer(PlayerSettings(kind="command"))
