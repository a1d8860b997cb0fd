"""Catalogues with a valid header and anything below it: they are refused with one error."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from catalog.artist_index import ArtistIndex
from catalog.attribute_filter import AttributeFilter
from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.recommender import Recommender
from edge.music.track_filter import TrackFilter
from moodpi.errors import MoodpiError
from tests.catalog.tiny_catalog import TRACK_COUNT, track_id, write_tiny_catalog
from tests.mutations import FUZZ_SIZES, mutations
from tests.raising import raises

# Statements that damage a valid catalogue so that a check finds it.
DAMAGES = [
    "UPDATE track SET id = 5",
    "UPDATE track SET id = '../../x' || place",
    "UPDATE track SET id = id || char(10)",
    "UPDATE track SET id = CAST(x'fffe41' AS TEXT)",
    "UPDATE track SET title = x'ff00'",
    "UPDATE track SET title = CAST(x'fffe41' AS TEXT)",
    "UPDATE track SET title = CAST(x'eda080' AS TEXT)",
    "UPDATE artist SET name = x'ff'",
    "UPDATE artist SET name = CAST(x'fffe41' AS TEXT)",
    "UPDATE artist SET lead = 'x'",
    "UPDATE album SET name = x'ff'",
    "UPDATE genre SET name = x'ff'",
    "UPDATE track SET year = 'x'",
    "UPDATE track SET year = -1",
    "UPDATE track SET decade = 'x'",
    "UPDATE track SET popularity = 'x'",
    "UPDATE track SET popularity = 1e300",
    "UPDATE track SET popularity = 9223372036854775807",
    "UPDATE track SET explicit = 'x'",
    "UPDATE track SET duration = 'x'",
    "UPDATE track SET valence = 'x'",
    "UPDATE track SET valence = 9e999",
    "UPDATE track SET valence = 20000",
    "UPDATE track SET arousal = 'x'",
    "UPDATE track SET mood = 99",
    "UPDATE track SET mood = -1",
    "UPDATE track SET mood = 'x'",
    "DROP TABLE track",
    "DROP TABLE artist",
    "DELETE FROM plane",
    "UPDATE plane SET grid = 'x'",
    "UPDATE plane SET grid = 0, starts = x'00000000'",
    "UPDATE plane SET grid = -2",
    "UPDATE plane SET grid = 100000000000",
    "UPDATE plane SET grid = 9e999",
    "UPDATE plane SET edge = 'x'",
    "UPDATE plane SET edge = 0",
    "UPDATE plane SET edge = 9e999",
    "UPDATE plane SET starts = 'x'",
    "UPDATE plane SET starts = zeroblob(7)",
    "UPDATE plane SET starts = x'00000000ffffffff00000000ffffffff00000000'",
    "UPDATE plane SET starts = x'0000000000000000000000000000000000ffffff'",
    "CREATE TRIGGER t AFTER INSERT ON track BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE v USING fts5(x)",
    "ALTER TABLE track RENAME TO old; CREATE VIEW track AS SELECT * FROM old",
    """ALTER TABLE track RENAME TO old;
    CREATE VIEW track AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
    SELECT old.* FROM old, n""",
    "ALTER TABLE genre ADD COLUMN x AS (hex(zeroblob(400000000)))",
]
# Statements that only some methods notice.
GAPS = [
    "DELETE FROM track",
    "DELETE FROM ranking",
    "DELETE FROM provenance",
    "UPDATE provenance SET value = '{'",
    "UPDATE provenance SET value = x'ff'",
    "UPDATE provenance SET value = replace(hex(zeroblob(2500)), '0', '[')",
    "UPDATE provenance SET value = replace(hex(zeroblob(2500)), '0', '9')",
    "UPDATE ranking SET place = 'x'",
    "UPDATE ranking SET place = 9e999",
    "UPDATE ranking SET place = x'ff'",
    "UPDATE artist SET lead = 9223372036854775807",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_tiny_catalog(tmp_path / "tiny.sqlite")


def damage(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def read_everything(path: Path) -> None:
    """Call every method. Raises MoodpiError if one refuses the file."""
    errors: list[MoodpiError] = []
    with Catalog.open(path) as catalog:
        for read in (
            lambda: catalog.tracks(range(1, 100)),
            lambda: catalog.find([track_id(3)]),
            lambda: [*catalog.titles()],
            lambda: catalog.credits([1, 2]),
            lambda: catalog.artists.most_similar("Band"),
            catalog.genres,
            lambda: catalog.ranking("happy", 5),
            lambda: catalog.content_sha256,
            catalog.check,
            lambda: catalog.filter_cells([range(1, 9)], AttributeFilter(min_popularity=1)),
            lambda: Recommender(catalog).recommend(Affect.from_emotion("sad"), "journey"),
            lambda: Recommender(
                catalog, TrackFilter(AttributeFilter(genres=("rock",), years=(1990, 2000)))
            ).recommend(Affect.from_emotion("happy"), seed=1),
        ):
            try:
                read()
            except MoodpiError as error:
                errors.append(error)
    if errors:
        raise errors[0]


def test_a_valid_catalogue_is_read(path) -> None:
    read_everything(path)


@pytest.mark.parametrize("script", DAMAGES)
def test_a_damaged_catalogue_is_refused(path, script) -> None:
    with raises("catalog_damaged"):
        read_everything(damage(path, script))


@pytest.mark.parametrize("script", GAPS)
def test_a_catalogue_with_gaps_raises_nothing_else(path, script) -> None:
    with suppress(MoodpiError):
        read_everything(damage(path, script))


@pytest.mark.parametrize("script", DAMAGES)
def test_a_damaged_replacement_is_refused_and_the_previous_catalogue_stays(
    path, script, tmp_path, caplog
) -> None:
    with ReloadingCatalog(path) as reloading:
        before = reloading.current()
        replacement = write_tiny_catalog(tmp_path / "new.sqlite")
        damage(replacement, script).replace(path)
        for _ in range(3):
            assert reloading.current() is before
        assert len(before.tracks(range(1, 100))) == TRACK_COUNT
    assert caplog.text.count("still using the previous catalogue") == 1


def test_a_valid_replacement_is_used(path, tmp_path) -> None:
    with ReloadingCatalog(path) as reloading:
        replacement = write_tiny_catalog(tmp_path / "new.sqlite")
        damage(replacement, "UPDATE track SET title = 'new'").replace(path)
        assert reloading.current().tracks([1])[0].title == "new"


def test_a_named_pipe_is_refused_without_waiting(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with raises("catalog_unreadable"):
        Catalog.open(tmp_path / "pipe")


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_bytes_raise_nothing_else(count, path, tmp_path) -> None:
    changed = tmp_path / "changed.sqlite"
    for content in mutations([path.read_bytes()], count):
        changed.write_bytes(content)
        with suppress(MoodpiError):
            read_everything(changed)


def test_an_unknown_artist_costs_no_scan_of_the_catalogue(path, monkeypatch) -> None:
    made = []

    class CountedIndex(ArtistIndex):
        def __init__(self, all_credits):
            made.append(1)
            super().__init__(all_credits)

    monkeypatch.setattr("catalog.store.ArtistIndex", CountedIndex)
    with Catalog.open(path) as catalog:
        for length in range(1, 900, 10):
            assert "x" * length not in catalog.artists
            catalog.artists.most_similar("x" * length)
    assert made == [1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Metalica", "Metallica"),
        ("etallica", "Metallica"),
        ("The Beetles", "The Beatles"),
        ("qwertzuiop" * 80, None),
        ("", None),
        ("zzz", None),
    ],
)
def test_the_most_similar_name_is_found_wherever_it_differs(name, expected) -> None:
    index = ArtistIndex(["The Beatles", "Metallica", "Queen, David Bowie", *map(str, range(200))])
    assert index.most_similar(name) == expected
    assert "david bowie" in index
