"""Reading catalogues: invalid files, the shipped catalogue, and its queries."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from catalog.attribute_filter import AttributeFilter
from catalog.store import DEFAULT_CATALOG, Catalog
from models.emotions import EMOTIONS
from tests.raising import raises


@pytest.fixture
def copy(tmp_path):
    return shutil.copy(DEFAULT_CATALOG, tmp_path / "copy.sqlite")


def test_the_shipped_catalogue_has_many_tracks_in_a_small_file() -> None:
    with Catalog.open() as catalog:
        assert len(catalog) >= 60_000
    assert DEFAULT_CATALOG.stat().st_size <= 15_000_000


def test_the_nearest_cells_contain_tracks_near_the_point() -> None:
    with Catalog.open() as catalog:
        cells = catalog.plane.nearest_cells(0.8, 0.5, 200)
        tracks = catalog.tracks(rowid for cell in cells for rowid in cell)
    assert len(tracks) >= 200
    assert all(abs(track.valence - 0.8) + abs(track.arousal - 0.5) < 0.3 for track in tracks)


def test_more_tracks_than_exist_are_all_tracks() -> None:
    with Catalog.open() as catalog:
        assert sum(map(len, catalog.plane.nearest_cells(0.0, 0.0, 10**9))) == len(catalog)


def test_each_emotion_has_a_ranking_of_different_artists() -> None:
    with Catalog.open() as catalog:
        for emotion in EMOTIONS:
            ranked = catalog.ranking(emotion, 20)
            assert len({track.artist_id for track in ranked}) == 20


def test_a_catalogue_is_never_written(copy) -> None:
    before = copy.read_bytes()
    with Catalog.open(copy) as catalog:
        catalog.check()
        with raises("catalog_damaged"):
            catalog.query("DELETE FROM track")
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_missing_file_is_an_error(tmp_path) -> None:
    with raises("no_such_file"):
        Catalog.open(tmp_path / "absent.sqlite")


def test_a_folder_is_not_a_catalogue(tmp_path) -> None:
    with raises("catalog_unreadable"):
        Catalog.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"title,artist\n", b"SQLite format 3\0" + bytes(90)])
def test_another_file_is_not_a_catalogue(content, tmp_path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with raises("not_a_catalog"):
        Catalog.open(path)


def test_another_sqlite_database_is_not_a_catalogue(tmp_path) -> None:
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE track (id)")
    with raises("not_a_catalog"):
        Catalog.open(path)


def test_a_catalogue_of_another_version_is_an_error(copy) -> None:
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA user_version = 99")
    with raises("catalog_version"):
        Catalog.open(copy)


def test_a_truncated_catalogue_is_damaged(copy) -> None:
    copy.write_bytes(copy.read_bytes()[:-5000])
    with raises("catalog_damaged"):
        Catalog.open(copy)


def test_an_overwritten_catalogue_is_damaged(copy) -> None:
    content = bytearray(copy.read_bytes())
    content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    copy.write_bytes(content)
    with raises("catalog_damaged"):
        Catalog.open(copy)


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as opened:
        yield opened


def all_cells(catalog: Catalog) -> list[Sequence[int]]:
    return catalog.plane.nearest_cells(0.0, 0.0, len(catalog))


@pytest.mark.parametrize(
    ("attributes", "passes"),
    [
        (AttributeFilter(genres=("ROCK", "metal")), lambda t: t.genre in ("rock", "metal")),
        (
            AttributeFilter(years=(1985, 1989)),
            lambda t: t.year is not None and 1985 <= t.year <= 1989,
        ),
        (AttributeFilter(years=(1970, 9999)), lambda t: (t.year or t.decade or 0) >= 1970),
        (AttributeFilter(min_popularity=70), lambda t: (t.popularity or 0) >= 70),
        (AttributeFilter(explicit=False), lambda t: not t.explicit),
        (
            AttributeFilter(genres=("pop",), min_popularity=50, years=(1990, 2019)),
            lambda t: (
                t.genre == "pop"
                and (t.popularity or 0) >= 50
                and (t.year or t.decade or 0) >= 1990
                and (t.year or t.decade) < 2020
            ),
        ),
    ],
)
def test_a_filter_passes_exactly_the_matching_tracks(attributes, passes, catalog) -> None:
    cells = all_cells(catalog)
    passing = [rowid for cell in catalog.filter_cells(cells, attributes) for rowid in cell]
    tracks = catalog.tracks(rowid for cell in cells for rowid in cell)
    assert sorted(passing) == [track.rowid for track in tracks if passes(track)]
    assert 0 < len(passing) < len(catalog)


def test_an_empty_filter_returns_the_same_cells(catalog) -> None:
    cells = catalog.plane.nearest_cells(0.5, 0.5, 300)
    assert catalog.filter_cells(cells, AttributeFilter()) == cells


def test_finds_a_track_by_id_and_credits_by_artist_id(catalog) -> None:
    (track,) = catalog.tracks([1000])
    assert catalog.find([track.id, "0" * 22]) == {track.id: track}
    credits_by_id = catalog.credits([track.artist_id, -1])
    assert track.artist in credits_by_id.pop(track.artist_id)
    assert credits_by_id == {}
