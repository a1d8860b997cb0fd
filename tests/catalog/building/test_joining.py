"""Files that complete each other: names in one, features in another, the same ids."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import BuildReport, build  # noqa: E402
from catalog.building.columns import FEATURES  # noqa: E402
from catalog.store import Catalog  # noqa: E402
from tests.raising import raises  # noqa: E402

NAMES = ("track_name", "track_artist")
Rows = list[dict[str, str]]


def names_of(rows: Rows) -> Rows:
    """The rows without features."""
    return [{name: row[name] for name in ("track_id", *NAMES)} for row in rows]


def features_of(rows: Rows) -> Rows:
    """The rows without names."""
    return [{name: text for name, text in row.items() if name not in NAMES} for row in rows]


def accounted(built: BuildReport) -> int:
    """The rows that became a track, were merged, or were rejected."""
    return built.tracks + built.same_id + built.same_song + built.rejected.kinds.total()


@pytest.fixture
def rows(row) -> Rows:
    """Thirty usable tracks."""
    return [row(n) for n in range(30)]


@pytest.mark.parametrize("order", [1, -1])
def test_names_and_features_of_the_same_ids_are_joined(order, rows, write_csv, tmp_path) -> None:
    whole = build([write_csv(rows)], tmp_path / "whole.sqlite")
    parts = [write_csv(names_of(rows), "names.csv"), write_csv(features_of(rows[::-1]), "f.csv")]
    joined = build(parts[::order], tmp_path / "joined.sqlite")
    assert joined.content_sha256 == whole.content_sha256
    assert (joined.read, joined.tracks, joined.same_id) == (60, 30, 30)


def test_rows_without_a_partner_are_counted_and_named(rows, write_csv, tmp_path) -> None:
    names = write_csv(names_of(rows[:20]), "names.csv")
    features = write_csv(features_of(rows[15:]), "features.csv")
    built = build([names, features], tmp_path / "c.sqlite")
    assert (built.read, built.tracks, built.same_id) == (35, 5, 5)
    assert built.rejected.kinds == {"no audio features": 15, "title or artist is missing": 10}
    assert built.rejected.examples["no audio features"][0].startswith("names.csv line 2: ")
    examples = built.rejected.examples["title or artist is missing"]
    assert examples[0].startswith("features.csv line 7: ")
    assert f"{20:022}" in examples[0]
    assert accounted(built) == built.read
    with Catalog.open(built.path) as catalog:
        inputs = catalog.provenance()["inputs"]
    assert [entry["used"] for entry in inputs] == [5, 5]


def test_csv_and_parquet_are_joined(rows, write_csv, tmp_path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "features.parquet"
    parquet.write_table(pa.Table.from_pylist(features_of(rows)), path)
    whole = build([write_csv(rows)], tmp_path / "whole.sqlite")
    joined = build([write_csv(names_of(rows), "names.csv"), path], tmp_path / "joined.sqlite")
    assert joined.content_sha256 == whole.content_sha256


def test_features_are_never_mixed_from_two_files(rows, write_csv, tmp_path) -> None:
    other = [row | {"energy": "0.99", "valence": "0.99"} for row in rows]
    some = [{name: text for name, text in row.items() if name != "tempo"} for row in other]
    whole = build([write_csv(rows)], tmp_path / "whole.sqlite")
    paths = [write_csv(some, "some.csv"), write_csv(features_of(rows), "all.csv")]
    joined = build(paths, tmp_path / "joined.sqlite")
    assert joined.content_sha256 == whole.content_sha256
    assert "tempo" in str(joined.found)


@pytest.mark.parametrize("emptied", [NAMES, FEATURES])
def test_rows_with_empty_fields_are_completed(emptied, rows, write_csv, tmp_path) -> None:
    first = write_csv([row | dict.fromkeys(emptied, "") for row in rows], "a.csv")
    second = write_csv(rows, "b.csv")
    whole = build([second], tmp_path / "whole.sqlite")
    joined = build([first, second], tmp_path / "joined.sqlite")
    assert joined.content_sha256 == whole.content_sha256


def test_one_feature_that_is_missing_rejects_the_row(row, rows, write_csv, tmp_path) -> None:
    built = build([write_csv([*rows, row(40, energy="")])], tmp_path / "c.sqlite")
    assert built.rejected.kinds == {"energy is missing": 1}


def test_files_without_a_common_id_have_no_track(rows, write_csv, tmp_path) -> None:
    paths = [write_csv(names_of(rows[:9]), "a.csv"), write_csv(features_of(rows[9:]), "b.csv")]
    with raises("no_usable_track"):
        build(paths, tmp_path / "c.sqlite")


def without(rows: Rows, *columns: str) -> Rows:
    """The rows without some columns."""
    return [{name: text for name, text in row.items() if name not in columns} for row in rows]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (names_of, names_of, "no_features"),
        (features_of, features_of, "missing_columns"),
        (names_of, lambda rows: without(features_of(rows), "track_id"), "missing_columns"),
        (lambda rows: without(features_of(rows), "tempo"), lambda rows: rows, "missing_columns"),
    ],
)
def test_refuses_files_that_do_not_complete_each_other(
    first, second, code, rows, write_csv, tmp_path
) -> None:
    paths: list[Path] = [write_csv(first(rows), "a.csv"), write_csv(second(rows), "b.csv")]
    with raises(code):
        build(paths, tmp_path / "c.sqlite")
