"""Numbers as tables write them: percentages, decimal commas, seconds."""

from __future__ import annotations

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from catalog.building.columns import FEATURES  # noqa: E402

UNIT_FEATURES = tuple(name for name in FEATURES if name not in ("loudness", "tempo"))


def percent(row: dict[str, str], features=UNIT_FEATURES) -> dict[str, str]:
    return row | {name: f"{100 * float(row[name]):g}" for name in features}


def content(path, tmp_path) -> str:
    return build([path], tmp_path / "built.sqlite").content_sha256


@pytest.mark.parametrize("sign", ["", "%"])
def test_features_in_percent_give_the_same_tracks(sign, row, write_csv, tmp_path) -> None:
    rows = [row(n) for n in range(1, 60)]
    written = [
        {name: value + sign * (name in UNIT_FEATURES) for name, value in percent(each).items()}
        for each in rows
    ]
    path = write_csv(written, "percent.csv")
    assert content(path, tmp_path) == content(write_csv(rows), tmp_path)
    assert build([path], tmp_path / "c").found == [
        "percent.csv: UTF-8, commas, features in percent"
    ]


def test_one_feature_may_be_in_percent(row, write_csv, tmp_path) -> None:
    rows = [row(n) for n in range(1, 60)]
    path = write_csv([percent(each, ["valence"]) for each in rows], "percent.csv")
    assert content(path, tmp_path) == content(write_csv(rows), tmp_path)


def test_whole_numbers_of_0_and_1_beside_percentages_are_percentages(
    row, write_csv, build_tracks
) -> None:
    rows = [row(n, instrumentalness=str(n % 2)) for n in range(1, 60)]
    shared = ("danceability", "energy", "valence", "liveness", "acousticness", "speechiness")
    expected = [
        each | {"instrumentalness": str(int(each["instrumentalness"]) / 100)} for each in rows
    ]
    tracks = build_tracks(write_csv([percent(each, shared) for each in rows]))
    assert tracks == build_tracks(write_csv(expected))


def test_single_numbers_above_1_are_out_of_range(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1, energy="55"), *(row(n) for n in range(2, 30)), row(30, energy="80")])
    built = build([path], tmp_path / "c.sqlite")
    assert (built.tracks, built.rejected.kinds) == (28, {"energy is out of range": 2})


def test_a_percentage_above_100_is_out_of_range(row, write_csv, tmp_path) -> None:
    rows = [percent(row(n)) for n in range(1, 30)]
    built = build([write_csv([*rows, rows[0] | {"energy": "140"}])], tmp_path / "c.sqlite")
    assert built.rejected.examples["energy is out of range"] == [
        "songs.csv line 31: energy is out of range: '140', expected 0 to 100"
    ]


def test_reads_decimal_commas(row, write_csv, tmp_path) -> None:
    rows = [row(n) for n in range(1, 60)]
    commas = [{name: value.replace(".", ",") for name, value in each.items()} for each in rows]
    assert content(write_csv(commas, "commas.csv"), tmp_path) == content(write_csv(rows), tmp_path)


@pytest.mark.parametrize("column", ["duration_ms", "length"])
@pytest.mark.parametrize(("unit", "found"), [(1, "durations in seconds"), (1000, "commas")])
def test_finds_out_the_unit_of_durations(
    column, unit, found, row, write_csv, build_tracks, tmp_path
) -> None:
    rows = [row(n) for n in range(1, 30)]
    for number, each in enumerate(rows):
        del each["duration_ms"]
        each[column] = str((100 + number) * unit)
    path = write_csv(rows)
    assert {track["duration"] for track in build_tracks(path).values()} == set(range(100, 129))
    assert build([path], tmp_path / "c").found[0].endswith(found)


def test_a_short_track_among_others_is_not_in_seconds(row, write_csv, tmp_path) -> None:
    path = write_csv([*(row(n) for n in range(1, 10)), row(10, duration_ms="3000")])
    assert build([path], tmp_path / "c").rejected.kinds == {"duration outside 30 s to 1 h": 1}


@pytest.mark.parametrize("column", ["track_name", "energy"])
def test_missing_values_are_named(column, row, write_csv, tmp_path) -> None:
    path = write_csv([row(1), row(2, **{column: "NA"})])
    (kind,) = build([path], tmp_path / "c").rejected.kinds
    assert kind in ("title or artist is missing", "energy is missing")


def test_rows_without_features_are_named(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1), row(2, **dict.fromkeys(FEATURES, "")), row(3)])
    built = build([path], tmp_path / "c.sqlite")
    assert (built.tracks, built.rejected.kinds) == (2, {"no audio features": 1})
