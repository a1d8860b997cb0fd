"""Reading CSVs: notations, rejected rows, and files that are not CSVs of tracks."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from catalog.names import clean_name, format_credit  # noqa: E402
from catalog.store import Catalog, Track  # noqa: E402
from tests.raising import raises  # noqa: E402

ID = f"{1:022}"


def built_track(path: Path, folder: Path) -> Track:
    """The track ID of a catalogue built from one file."""
    build([path], folder / "built.sqlite")
    with Catalog.open(folder / "built.sqlite") as catalog:
        return catalog.find([ID])[ID]


def test_a_title_that_looks_like_a_number_stays_text(row, write_csv, build_tracks) -> None:
    assert build_tracks(write_csv([row(1, track_name="1999")]))[ID]["title"] == "1999"


@pytest.mark.parametrize(
    "written",
    [
        ID,
        f"spotify:track:{ID}",
        f"https://open.spotify.com/track/{ID}?si=abc",
        f"https://open.spotify.com/intl-de/track/{ID}",
    ],
)
def test_ids_are_read_in_every_spelling(written, row, write_csv, build_tracks) -> None:
    assert list(build_tracks(write_csv([row(1, track_id=written)]))) == [ID]


@pytest.mark.parametrize(
    ("column", "written"),
    [("duration_ms", "225000"), ("length", "225000"), ("length", "3:45"), ("length", "225")],
)
def test_durations_are_read_in_every_notation(
    column, written, row, write_csv, build_tracks
) -> None:
    values = row(1)
    del values["duration_ms"]
    assert build_tracks(write_csv([values | {column: written}]))[ID]["duration"] == 225


@pytest.mark.parametrize(
    ("column", "written"),
    [("duration_ms", "12:99"), ("track_popularity", "much"), ("explicit", "maybe")],
)
def test_counts_unparsed_values_and_keeps_their_tracks(
    column, written, row, write_csv, tmp_path
) -> None:
    built = build([write_csv([row(1, **{column: written})])], tmp_path / "c.sqlite")
    name = {"duration_ms": "duration", "track_popularity": "popularity"}.get(column, column)
    assert (built.tracks, built.rejected.unparsed) == (1, {name: 1})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("['A', 'B']", "A, B"),
        ("""["Destiny's Child", 'Wyclef "Jean"']""", """Destiny's Child, Wyclef "Jean\""""),
        ("['broken", "['broken"),
        ("A;B", "A, B"),
    ],
)
def test_reads_lists_of_artists_in_every_notation(written, shown, row, write_csv, tmp_path) -> None:
    assert built_track(write_csv([row(1, track_artist=written)]), tmp_path).artist == shown


@pytest.mark.parametrize(
    "written", ["[{[]}]", "[{[]: 1}]", f"[1{'0' * 400} + 1j]", f"[{'9' * 3000}]", "[[[]]]"]
)
def test_text_that_only_looks_like_a_list_is_one_name(written, row, write_csv, tmp_path) -> None:
    track = built_track(write_csv([row(1, track_artist=written, playlist_genre=written)]), tmp_path)
    assert track.artist == clean_name(written)


def test_a_backslash_in_a_list_is_part_of_a_name() -> None:
    # Python 3.12 and later warn of it.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        credit = format_credit(r"['AC\DC', 'B\'s', 'C\\D', 'E\xe9']")
    assert credit == "AC\\DC, B's, C\\D, Eé"


def test_control_characters_stay_out_of_names(row, write_csv, build_tracks) -> None:
    path = write_csv([row(1, track_name="A\x1b[31m\u202eB\x07")])
    assert build_tracks(path)[ID]["title"] == "A [31m B"


def test_reads_exportify_headers(row, write_csv, tmp_path) -> None:
    values = row(1)
    spelled = {
        "track_id": "Track URI",
        "track_name": "Track Name",
        "track_artist": "Artist Name(s)",
        "duration_ms": "Track Duration (ms)",
    }
    renamed = {spelled.get(column, column.title()): value for column, value in values.items()}
    renamed["Track URI"] = f"spotify:track:{ID}"
    renamed["Artist Name(s)"] = "A, B"
    track = built_track(write_csv([renamed]), tmp_path)
    assert (track.artist, track.duration) == ("A, B", int(values["duration_ms"]) // 1000)


@pytest.mark.parametrize(("written", "stored"), [("0", None), ("67", 67), ("67.0", 67), ("", None)])
def test_popularity_0_is_unknown(written, stored, row, write_csv, build_tracks) -> None:
    path = write_csv([row(1, track_popularity=written)])
    assert build_tracks(path)[ID]["popularity"] == stored


@pytest.mark.parametrize(("written", "stored"), [("True", 1), ("False", 0), ("", None)])
def test_explicit_is_read_from_words(written, stored, row, write_csv, build_tracks) -> None:
    assert build_tracks(write_csv([row(1, explicit=written)]))[ID]["explicit"] == stored


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"track_name": "NaN"}, "title or artist is missing"),
        ({"track_artist": ""}, "title or artist is missing"),
        ({"track_id": "short"}, "id is not a Spotify id: 'short'"),
        ({"energy": "1.5"}, "energy is out of range: '1.5', expected 0 to 1"),
        ({"tempo": "0"}, "tempo is out of range: '0', expected 20 to 300"),
        ({"valence": "lots"}, "valence is out of range: 'lots', expected 0 to 1"),
        ({"duration_ms": "4000"}, "duration outside 30 s to 1 h: 4 s"),
    ],
)
def test_counts_rejected_rows_and_names_file_and_line(
    changes, reason, row, write_csv, tmp_path
) -> None:
    path = write_csv([row(1), row(2, **changes), row(3)])
    built = build([path], tmp_path / "c.sqlite")
    assert (built.read, built.tracks) == (3, 2)
    assert built.rejected.examples == {reason.partition(":")[0]: [f"songs.csv line 3: {reason}"]}
    assert built.rejected.kinds.total() == 1


def test_names_a_huge_duration_in_few_characters(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1), row(2, duration_ms="1e300")])
    (example,) = build([path], tmp_path / "c.sqlite").rejected.examples[
        "duration outside 30 s to 1 h"
    ]
    assert example.endswith("1e+297 s")


def test_rejects_a_row_with_too_few_fields(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1)])
    path.write_text(path.read_text() + "a,b,c\n")
    built = build([path], tmp_path / "c.sqlite")
    width = len(row(1))
    assert built.rejected.examples == {
        "wrong number of fields": [f"songs.csv line 3: wrong number of fields: 3, expected {width}"]
    }


def test_lists_only_the_first_rejected_rows(row, write_csv, tmp_path) -> None:
    built = build(
        [write_csv([row(n, energy="9" if n else ".5") for n in range(21)])], tmp_path / "c"
    )
    assert built.rejected.kinds == {"energy is out of range": 20}
    assert len(built.rejected.examples["energy is out of range"]) == 5


def test_reads_quoted_commas_line_breaks_and_other_alphabets(row, write_csv, build_tracks) -> None:
    path = write_csv([row(1, track_name='Hey, "you"\n달라', track_artist="Beyoncé"), row(2)])
    assert build_tracks(path)[ID]["title"] == 'Hey, "you" 달라'


def test_refuses_a_file_without_a_column(row, write_csv, tmp_path) -> None:
    values = row(1)
    del values["tempo"], values["energy"]
    with raises("missing_columns") as caught:
        build([write_csv([values])], tmp_path / "c.sqlite")
    assert "lacks energy, tempo" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_csv"),
        (b"\n\n", "empty_csv"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_csv"),
        (b"\xff\xfe\xfd not text", "not_a_csv"),
        (b'{"tracks": []}\n', "not_a_csv"),
    ],
)
def test_refuses_files_that_are_not_csvs(content, code, tmp_path) -> None:
    path = tmp_path / "songs.csv"
    path.write_bytes(content)
    with raises(code):
        build([path], tmp_path / "c.sqlite")


def test_a_header_alone_has_no_tracks(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1)])
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with raises("no_usable_track"):
        build([path], tmp_path / "c.sqlite")
