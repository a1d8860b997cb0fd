"""`moodpi playlist`, and `moodpi recommend --playlist`."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from catalog.store import Catalog
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.edge.players.server_processes import MpdProcess
from tests.moodpi.cli.reading import one_line

CALM = (0.4, -0.5)


def locations(text: str) -> list[str]:
    assert text.startswith("#EXTM3U\n")
    return [line for line in text.splitlines() if not line.startswith("#")]


def artists(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith("#EXTINF:")]
    return [line.partition(",")[2].rpartition(" - ")[0] for line in lines]


def test_an_evening_has_fifty_tracks_by_fifty_artists(moodpi) -> None:
    done = moodpi("playlist", "--emotion", "happy", "--seed", 1)
    assert done.returncode == 0, done.stderr
    assert len(set(locations(done.stdout))) == 50
    assert len(set(artists(done.stdout))) == 50
    assert "50 tracks" in done.stderr


def test_a_target_is_approached_in_an_arc(moodpi) -> None:
    done = moodpi("playlist", "--emotion", "angry", "--target", "calm", "-n", 30, "--seed", 1)
    ids = [url.rpartition("/")[2] for url in locations(done.stdout)]
    with Catalog.open() as catalog:
        found = catalog.find(ids)
    left = [math.dist((found[i].valence, found[i].arousal), CALM) for i in ids]
    assert left[0] > 1
    assert left[-1] < 0.15
    assert sum(a >= b - 0.1 for a, b in pairwise(left)) == 29


def test_a_target_alone_starts_from_neutral(moodpi) -> None:
    alone = moodpi("playlist", "--target", "brighter", "-n", 10, "--seed", 3)
    explicit = moodpi(
        "playlist", "--emotion", "neutral", "--target", "brighter", "-n", 10, "--seed", 3
    )
    assert alone.stdout == explicit.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--emotion E, --target T"),
        (("--emotion", "hapy"), "'happy'"),
        (("--target", "clam"), "calm"),
        (("--emotion", "sad", "-n", 0), "whole number from 1"),
        (("--emotion", "sad", "-n", 1001), "1000"),
        (("--emotion", "sad", "-o", "list.txt"), ".m3u8 or .m3u or .xspf"),
    ],
)
def test_wrong_usage_is_one_line(arguments, words, moodpi, tmp_path) -> None:
    done = moodpi("playlist", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in one_line(done)
    assert not list(tmp_path.glob("list*"))


def test_recommend_writes_its_tracks_and_prints_json_alone(moodpi, tmp_path) -> None:
    done = moodpi("recommend", "--emotion", "sad", "--playlist", "list.m3u8", "--json")
    tracks = json.loads(done.stdout)["tracks"]
    assert locations((tmp_path / "list.m3u8").read_text()) == [track["url"] for track in tracks]
    assert "5 without a file" in done.stderr


def test_recommend_refuses_another_suffix_before_it_recommends(moodpi) -> None:
    done = moodpi("recommend", "--emotion", "sad", "--playlist", "list.pls")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    """Sixty songs of the catalogue, whose folder has a blank and an accent in its name."""
    folder = tmp_path_factory.mktemp("playlist") / "Ma musique é"
    silent = make_silent_files(tmp_path_factory.mktemp("silence"))
    write_music(folder, silent, sample_tracks(60, seed=1), unknown=3)
    return folder


@pytest.mark.system
def test_the_players_files_are_listed_and_mpv_reads_them(moodpi, music, tmp_path) -> None:
    pytest.importorskip("mutagen")
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")
    settings = f'[player]\nkind = "mpv"\nmusic = ["{music}"]\n'
    (tmp_path / "moodpi.toml").write_text(settings)
    done = moodpi(
        "playlist", "--target", "calm", "-n", 20, "-o", "list.m3u8", "--config", "moodpi.toml"
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "list.m3u8").read_text()
    files = locations(text)
    assert len(files) == 20
    assert all(Path(file).is_file() and music in Path(file).parents for file in files)
    assert all(a != b for a, b in pairwise(artists(text)))
    command = ["mpv", "--no-config", "--ao=null", "--length=0.1", "--msg-level=all=v"]
    played = subprocess.run(
        [*command, tmp_path / "list.m3u8"], capture_output=True, text=True, timeout=120, check=True
    )
    assert [file for file in files if f"Playing: {file}\n" not in played.stdout] == []


@pytest.mark.system
def test_analyzed_songs_are_listed(moodpi, tmp_path) -> None:
    pytest.importorskip("mutagen")
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")
    own = tmp_path / "own"
    own.mkdir()
    for number, name in enumerate(("One Song", "Other Song")):
        write_wav(own / f"{name}.wav", chords(MAJOR, key=number))
    (tmp_path / "moodpi.toml").write_text(f'[player]\nkind = "mpv"\nmusic = ["{own}"]\n')
    configured = ("--config", "moodpi.toml")
    done = moodpi("library", "analyze", *configured)
    assert done.returncode == 0, done.stderr
    done = moodpi("playlist", "--emotion", "happy", "-n", 2, *configured)
    assert done.returncode == 0, done.stderr
    assert sorted(locations(done.stdout)) == sorted(str(path) for path in own.iterdir())
    done = moodpi(
        "recommend", "--emotion", "happy", "-n", 2, "--playlist", "list.m3u8", "--json", *configured
    )
    titles = {track["title"] for track in json.loads(done.stdout)["tracks"]}
    assert titles == {"One Song", "Other Song"}
    assert len(locations((tmp_path / "list.m3u8").read_text())) == 2
    # Without a player's list, the tracks are the catalogue's.
    done = moodpi("recommend", "--emotion", "happy", "--json", *configured)
    assert all(track["url"] for track in json.loads(done.stdout)["tracks"])


@pytest.mark.system
def test_mpd_loads_the_list_from_its_playlist_folder(moodpi, music, tmp_path) -> None:
    server = MpdProcess(tmp_path / "mpd", music)
    server.start()
    try:
        settings = f'[player]\nkind = "mpd"\nmpd = "{server.address}"\n'
        (tmp_path / "moodpi.toml").write_text(settings)
        output = server.folder / "playlists" / "evening.m3u"
        done = moodpi(
            "playlist", "--emotion", "sad", "-n", 10, "-o", output, "--config", "moodpi.toml"
        )
        assert done.returncode == 0, done.stderr
        server.run(lambda client: client.load("evening"))
        assert server.queue() == locations(output.read_text())
        assert len(server.queue()) == 10
    finally:
        server.kill()
