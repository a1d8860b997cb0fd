"""Reading Parquet: the same catalogue as from CSV, every type of column, damaged files."""

from __future__ import annotations

import decimal
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")
pytestmark = pytest.mark.workstation

import pyarrow.parquet as pq  # noqa: E402

from catalog.building.build import build  # noqa: E402
from catalog.building.tables import open_table  # noqa: E402
from catalog.building.track_reader import TrackTable  # noqa: E402
from moodpi.errors import MoodpiError  # noqa: E402
from tests.raising import raises  # noqa: E402

ID = f"{1:022}"
FEATURES = ("danceability", "energy", "loudness", "speechiness", "acousticness", "liveness")


@pytest.fixture
def write_parquet(tmp_path):
    """Write rows that all have the columns of the first, or columns, and return the path."""

    def write(rows: list[dict[str, Any]] | Any, name: str = "songs.parquet", **options) -> Path:
        table = pa.Table.from_pylist(rows) if isinstance(rows, list) else rows
        pq.write_table(table, tmp_path / name, **options)
        return tmp_path / name

    return write


def texts_of(path: Path) -> list[list[str]]:
    """All fields of all rows."""
    table = open_table(path, {})
    return [row for chunk in table.chunks(range(len(table.header)), 1000) for row in chunk.rows]


@pytest.mark.parametrize("compression", ["snappy", "zstd", "gzip", "none"])
def test_gives_the_catalogue_of_the_same_csv(
    compression, row, write_csv, write_parquet, tmp_path
) -> None:
    rows = [row(n) for n in range(50)]
    numbers = [r | {name: float(r[name]) for name in FEATURES} for r in rows]
    parquet = write_parquet(numbers, compression=compression, row_group_size=7)
    from_csv = build([write_csv(rows)], tmp_path / "a.sqlite")
    from_parquet = build([parquet], tmp_path / "b.sqlite")
    assert from_parquet.content_sha256 == from_csv.content_sha256
    assert from_parquet.read == 50


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array(["1999", None]), ["1999", ""]),
        (pa.array(["a", None]).dictionary_encode(), ["a", ""]),
        (pa.array(["a", None], pa.large_string()), ["a", ""]),
        (pa.array([b"a", None]), ["a", ""]),
        (pa.array([0.1, None], pa.float32()), ["0.1", ""]),
        (pa.array([225000, None]), ["225000", ""]),
        (pa.array([True, None]), ["true", ""]),
        (pa.array([decimal.Decimal("0.125"), None]), ["0.125", ""]),
        (pa.array([date(2020, 1, 31), None]), ["2020-01-31", ""]),
        (pa.array([["A", "B's", None], None]), ["""['A', "B's"]""", ""]),
        (pa.array([None, None]), ["", ""]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_reads_columns_of_every_type(array, expected, write_parquet) -> None:
    path = write_parquet(pa.table({"a": array}))
    assert texts_of(path) == [[text] for text in expected]


def test_reads_lists_of_artists(row, write_parquet, build_tracks) -> None:
    tracks = build_tracks(write_parquet([row(1) | {"track_artist": ["A", "B"]}]))
    assert tracks[ID]["artist_name"] == "A, B"


def test_names_rejected_rows_by_their_number(row, write_parquet, tmp_path) -> None:
    rows = [row(1), row(2, energy="7"), row(3)]
    built = build([write_parquet(rows)], tmp_path / "c.sqlite")
    (examples,) = built.rejected.examples.values()
    assert examples == ["songs.parquet row 2: energy is out of range: '7', expected 0 to 1"]


def test_bytes_that_are_not_text_cost_one_row(row, write_parquet, tmp_path) -> None:
    rows = [row(n) | {"track_name": name} for n, name in enumerate([b"a", b"\xff\xfe", b"c"])]
    built = build([write_parquet(rows)], tmp_path / "c.sqlite")
    assert (built.read, built.tracks, built.rejected.kinds.total()) == (3, 2, 1)
    assert "songs.parquet row 2" in built.rejected.examples["bytes that are not text"][0]


@pytest.mark.parametrize("value", [{"name": "A"}, [{"name": "A"}], [["A"]], [b"A"]])
def test_refuses_a_column_without_texts(value, row, write_parquet, tmp_path) -> None:
    path = write_parquet([row(1) | {"track_artist": value}])
    with raises("unsupported_column"):
        build([path], tmp_path / "c.sqlite")


def test_columns_that_are_not_used_can_have_any_type(row, write_parquet, tmp_path) -> None:
    path = write_parquet([row(1) | {"markets": [{"code": "de"}]}])
    assert build([path], tmp_path / "c.sqlite").tracks == 1


def test_reads_a_large_row_group_in_parts(row, write_parquet) -> None:
    table = TrackTable(write_parquet([row(n) for n in range(5000)], row_group_size=5000))
    chunks = [len(chunk.rows) for chunk in table.chunks(size=2000)]
    assert sum(chunks) == 5000
    assert max(chunks) == 2000


def test_a_file_without_rows_has_no_tracks(row, write_parquet, tmp_path) -> None:
    path = write_parquet(pa.Table.from_pylist([row(1)])[:0])
    with raises("no_usable_track"):
        build([path], tmp_path / "c.sqlite")


def test_refuses_a_file_that_is_cut_off(row, write_parquet, tmp_path) -> None:
    path = write_parquet([row(n) for n in range(100)])
    path.write_bytes(path.read_bytes()[:-100])
    with raises("unreadable_parquet"):
        build([path], tmp_path / "c.sqlite")


def test_a_damaged_file_is_refused_or_every_row_is_accounted_for(row, write_parquet) -> None:
    random = Random(1)
    whole = write_parquet([row(n) for n in range(60)], write_page_checksum=False).read_bytes()
    results: set[object] = set()
    for number in range(150):
        damaged = bytearray(whole)
        # The schema and the sizes are at the end.
        start = 4 if number % 2 else len(whole) - 1500
        damaged[random.randrange(start, len(whole))] ^= 1 << random.randrange(8)
        path = write_parquet(pa.table({"a": [1]}))
        path.write_bytes(damaged)
        try:
            table = open_table(path, {})
            results.add(sum(map(len, table.chunks(range(min(5, len(table.header))), 1000))))
        except MoodpiError as error:
            results.add(error.code)
    assert {60, "unreadable_parquet"} <= results
    assert results <= {60, "unreadable_parquet", "unsupported_column", "not_a_csv"}
