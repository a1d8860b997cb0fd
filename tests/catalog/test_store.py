"""Reading a catalogue: what is refused, what is shipped, and what a query touches."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from catalog.filters import Filters
from catalog.schema import VERSION
from catalog.store import DEFAULT, Catalog
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError


@pytest.fixture
def copy(tmp_path):
    return shutil.copy(DEFAULT, tmp_path / "copy.sqlite")


def test_the_shipped_catalogue_is_large_and_small() -> None:
    with Catalog.open() as catalog:
        assert len(catalog) >= 60_000
    assert DEFAULT.stat().st_size <= 15_000_000


def test_places_near_a_point_hold_tracks_near_it() -> None:
    with Catalog.open() as catalog:
        runs = catalog.plane.runs_near(0.8, 0.5, 200)
        tracks = catalog.tracks(place for run in runs for place in run)
    assert len(tracks) >= 200
    assert all(abs(track.valence - 0.8) + abs(track.arousal - 0.5) < 0.3 for track in tracks)


def test_more_tracks_than_there_are_means_all_of_them() -> None:
    with Catalog.open() as catalog:
        assert sum(map(len, catalog.plane.runs_near(0.0, 0.0, 10**9))) == len(catalog)


def test_each_emotion_has_a_ranking_of_different_artists() -> None:
    with Catalog.open() as catalog:
        for emotion in EMOTIONS:
            ranked = catalog.ranking(emotion, 20)
            assert len({track.lead for track in ranked}) == 20


def test_a_catalogue_is_never_written_to(copy) -> None:
    before = copy.read_bytes()
    with Catalog.open(copy) as catalog:
        catalog.check()
        with pytest.raises(MoodpiError, match="readonly"):
            catalog.query("DELETE FROM track")
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(MoodpiError, match=r"no catalogue at .*absent\.sqlite: build it again with"):
        Catalog.open(tmp_path / "absent.sqlite")


def test_a_folder_is_no_catalogue(tmp_path) -> None:
    with pytest.raises(MoodpiError, match="cannot read the catalogue"):
        Catalog.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"title,artist\n", b"SQLite format 3\0" + bytes(90)])
def test_other_files_are_no_catalogue(content, tmp_path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(MoodpiError, match="is not a moodpi catalogue"):
        Catalog.open(path)


def test_another_sqlite_database_is_no_catalogue(tmp_path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE track (id)")
    with pytest.raises(MoodpiError, match="is not a moodpi catalogue"):
        Catalog.open(path)


def test_another_version_says_to_build_again(copy) -> None:
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(MoodpiError, match=rf"version 99, this moodpi reads {VERSION}: build it"):
        Catalog.open(copy)


def test_a_catalogue_cut_short_is_damaged(copy) -> None:
    copy.write_bytes(copy.read_bytes()[:-5000])
    with pytest.raises(MoodpiError, match="is damaged"):
        Catalog.open(copy)


def test_a_catalogue_overwritten_inside_is_damaged_when_read(copy) -> None:
    content = bytearray(copy.read_bytes())
    content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    copy.write_bytes(content)
    with pytest.raises(MoodpiError, match="is damaged"):
        Catalog.open(copy)


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as opened:
        yield opened


def everywhere(catalog: Catalog) -> list[range]:
    return catalog.plane.runs_near(0.0, 0.0, len(catalog))


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(genres=("ROCK", "metal")), lambda t: t.genre in ("rock", "metal")),
        (Filters(years=(1985, 1989)), lambda t: t.year is not None and 1985 <= t.year <= 1989),
        (Filters(years=(1970, 9999)), lambda t: (t.year or t.decade or 0) >= 1970),
        (Filters(popularity=70), lambda t: (t.popularity or 0) >= 70),
        (Filters(explicit=False), lambda t: not t.explicit),
        (
            Filters(genres=("pop",), popularity=50, years=(1990, 2019)),
            lambda t: (
                t.genre == "pop" and (t.popularity or 0) >= 50 and 1990 <= (t.year or 0) < 2020
            ),
        ),
    ],
)
def test_filters_let_through_exactly_what_they_say(filters, passes, catalog) -> None:
    runs = everywhere(catalog)
    passing = [place for run in catalog.passing(runs, filters) for place in run]
    tracks = catalog.tracks(place for run in runs for place in run)
    assert sorted(passing) == [track.place for track in tracks if passes(track)]
    assert 0 < len(passing) < len(catalog)


def test_without_filters_every_run_passes_as_it_is(catalog) -> None:
    runs = catalog.plane.runs_near(0.5, 0.5, 300)
    assert catalog.passing(runs, Filters()) == runs


def test_a_track_is_found_by_its_id_and_an_artist_by_number(catalog) -> None:
    (track,) = catalog.tracks([1000])
    assert catalog.find(track.id) == track
    assert catalog.find("0" * 22) is None
    assert track.artist in catalog.credits(track.lead)
    assert len(catalog.credits()) > len(catalog.credits(track.lead))
