import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from catalog.own_songs import read_own_songs
from catalog.store import Catalog
from edge.audio.affect_model import AffectModel
from edge.audio.features import FEATURES, VERSION
from edge.music.analysis.analyzer import Analyzer, Pace
from edge.music.analysis.store import AnalysisStore, Analyzed
from edge.music.library import Song
from moodpi.errors import MoodpiError
from tests.edge.audio.sounds import chords, write_wav
from tests.edge.audio.test_features import MAJOR, MINOR

FEATURE = np.arange(len(FEATURES), dtype=np.float32)


@pytest.fixture
def catalog():
    with Catalog.open() as catalog:
        yield catalog


@pytest.fixture
def music(tmp_path):
    """Songs that no catalogue knows: two good, one silent, one damaged."""
    folder = tmp_path / "music"
    folder.mkdir()
    write_wav(folder / "bright.wav", chords(MAJOR, key=7, seconds_each=0.25))
    write_wav(folder / "sad.wav", chords(MINOR, key=-12, seconds_each=1.5))
    write_wav(folder / "silent.wav", 0 * chords(MAJOR))
    (folder / "damaged.wav").write_bytes(b"RIFF")
    return folder


def songs_in(folder):
    return [
        Song(str(path), path.stem, ("Nobody At All",), str(path.stat().st_mtime_ns))
        for path in sorted(folder.iterdir())
    ]


def analyzer(store, catalog, songs, tmp_path):
    return Analyzer(songs, catalog, store, tmp_path / "own.json", AffectModel.load())


def test_the_store_gives_back_what_was_added(tmp_path):
    path = "/music/\udcff.flac"
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        store.add(path, Analyzed("1", FEATURE))
        store.add("b", Analyzed("2", None, "song_silent", "it is silent"))
        store.add("c", Analyzed("2", FEATURE))
        store.remove(iter(["c"]))
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        stored = store.read()
    assert stored.keys() == {path, "b"}
    np.testing.assert_array_equal(stored[path].features, FEATURE)
    assert stored["b"] == Analyzed("2", None, "song_silent", "it is silent")


def test_features_of_another_version_are_computed_again(tmp_path):
    path = tmp_path / "analysis.sqlite"
    with AnalysisStore(path) as store:
        store.add("a", Analyzed("1", FEATURE))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE song SET version = ?", [VERSION + 1])
    with AnalysisStore(path) as store:
        assert store.read() == {}


@pytest.mark.parametrize("content", [b"no database" * 1000, b""])
def test_a_damaged_store_is_created_again(content, tmp_path):
    path = tmp_path / "analysis.sqlite"
    path.write_bytes(content)
    with AnalysisStore(path) as store:
        store.add("a", Analyzed("1", FEATURE))
        assert store.read().keys() == {"a"}


@pytest.mark.system
def test_songs_are_placed_and_others_named(catalog, music, tmp_path):
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        analysis = analyzer(store, catalog, songs_in(music), tmp_path)
        *_, last = analysis.run(Pace())
        skipped = {Path(uri).stem: song.code for uri, song in analysis.analyzed.items()}
    assert (last.songs, last.known, last.analyzed, last.skipped) == (4, 0, 2, 2)
    assert last.finished
    assert skipped == {
        "bright": "", "sad": "", "silent": "song_silent", "damaged": "song_damaged",
    }  # fmt: skip
    own = read_own_songs(tmp_path / "own.json")
    assert own.progress == last
    bright, sad = own.songs
    assert bright.valence > sad.valence
    assert bright.arousal > sad.arousal


@pytest.mark.system
def test_a_stopped_analysis_continues_at_the_next_song(catalog, music, tmp_path):
    path = tmp_path / "analysis.sqlite"
    with AnalysisStore(path) as store:
        run = analyzer(store, catalog, songs_in(music), tmp_path).run(Pace())
        next(run)
        run.close()
    with AnalysisStore(path) as store:
        analysis = analyzer(store, catalog, songs_in(music), tmp_path)
        assert len(analysis.remaining()) == 3
        *_, last = analysis.run(Pace())
    assert last.finished
    assert last.analyzed + last.skipped == 4


@pytest.mark.system
def test_changed_songs_are_analyzed_again_and_missing_ones_forgotten(catalog, music, tmp_path):
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        list(analyzer(store, catalog, songs_in(music), tmp_path).run(Pace()))
        (music / "sad.wav").unlink()
        shutil.copy(music / "bright.wav", music / "silent.wav")
        analysis = analyzer(store, catalog, songs_in(music), tmp_path)
        assert [song.title for song in analysis.remaining()] == ["silent"]
        *_, last = analysis.run(Pace())
        assert len(store.read()) == 3
    assert (last.songs, last.analyzed, last.skipped) == (3, 2, 1)


def test_songs_of_other_folders_and_missing_disks_are_kept(catalog, music, tmp_path):
    disk = tmp_path / "disk"
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        for path in (music / "bright.wav", music / "gone.wav", disk / "song.flac"):
            store.add(str(path), Analyzed("1", FEATURE))
        analyzer(store, catalog, [], tmp_path)
        assert store.read().keys() == {str(music / "bright.wav"), str(disk / "song.flac")}


@pytest.mark.system
def test_a_song_that_cannot_be_read_is_tried_again(catalog, music, tmp_path, caplog):
    songs = songs_in(music)
    music.rename(tmp_path / "removed")
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        *_, last = analyzer(store, catalog, songs, tmp_path).run(Pace())
        assert store.read() == {}
        assert not last.finished
        assert len(caplog.records) == 1, "a disk with thousands of songs can be gone"
        (tmp_path / "removed").rename(music)
        *_, last = analyzer(store, catalog, songs, tmp_path).run(Pace())
    assert last.finished
    assert last.analyzed == 2


@pytest.mark.system
def test_a_pause_is_written_once_and_its_end(catalog, music, tmp_path):
    reasons = ["hot", "hot", "hot", *[""] * 9]
    output = tmp_path / "own.json"
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        run = analyzer(store, catalog, songs_in(music), tmp_path).run(
            Pace(lambda: reasons.pop(0), lambda _: None)
        )
        next(run)
        paused = output.stat()
        next(run)
        next(run)
        assert output.stat().st_mtime_ns == paused.st_mtime_ns
        next(run)
        assert not read_own_songs(output).progress.pause_reason


def test_reading_writes_nothing(tmp_path):
    path = tmp_path / "analysis.sqlite"
    with AnalysisStore(path) as store:
        store.add("a", Analyzed("1", FEATURE))
    with sqlite3.connect(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with AnalysisStore(path) as store:
            assert store.read().keys() == {"a"}


@pytest.mark.system
def test_it_pauses_while_there_is_a_reason(catalog, music, tmp_path):
    reasons = ["hot", "hot", "", "somebody", *[""] * 9]
    pauses: list[float] = []
    pace = Pace(lambda: reasons.pop(0), pauses.append)
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        progress = list(analyzer(store, catalog, songs_in(music), tmp_path).run(pace))
    assert [p.pause_reason for p in progress][:4] == ["hot", "hot", "", "somebody"]
    assert len(pauses) == 3
    assert progress[-1].finished
    assert not progress[-1].pause_reason


@pytest.mark.system
def test_a_song_of_the_catalogue_keeps_its_place_and_calibrates_others(catalog, music, tmp_path):
    track = catalog.tracks([1])[0]
    songs = songs_in(music)
    alone = tmp_path / "alone"
    with AnalysisStore(alone / "analysis.sqlite") as store:
        list(analyzer(store, catalog, songs, alone).run(Pace()))
    known = [
        Song(s.uri, track.title, (track.artist,), s.revision) if "sad" in s.uri else s
        for s in songs
    ]
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        *_, last = analyzer(store, catalog, known, tmp_path).run(Pace())
    assert (last.known, last.analyzed, last.skipped) == (1, 1, 2)
    calibrated = read_own_songs(tmp_path / "own.json")
    assert [Path(song.uri).stem for song in calibrated.songs] == ["bright"]
    assert calibrated.songs[0] != read_own_songs(alone / "own.json").songs[0]


def test_without_ffmpeg_the_analysis_ends(catalog, music, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with AnalysisStore(tmp_path / "analysis.sqlite") as store:
        run = analyzer(store, catalog, songs_in(music), tmp_path).run(Pace())
        with pytest.raises(MoodpiError) as error:
            list(run)
        assert error.value.code == "no_ffmpeg"
        assert store.read() == {}
