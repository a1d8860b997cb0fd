"""Names of columns: spellings, languages, prefixes, several ids, and names that users choose."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building import columns  # noqa: E402
from catalog.building.build import build  # noqa: E402
from catalog.building.columns import FEATURES, TRACK_COLUMNS, find_columns, parse_choices  # noqa: E402
from tests.raising import raises  # noqa: E402

ID = f"{1:022}"
SPELLED = {"id": "track_id", "title": "track_name", "artist": "track_artist"}
LANGUAGES = json.loads(Path(columns.__file__).with_name("header_languages.json").read_text("utf-8"))


def renamed(row: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    """The row with other names of its columns, which are given by known column."""
    written = {SPELLED.get(column, column): name for column, name in names.items()}
    return {written.get(name, name): value for name, value in row.items()}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_reads_exportify_in_every_language(language, form, row, write_csv, tmp_path) -> None:
    names = {
        column: unicodedata.normalize(form, name) for column, name in LANGUAGES[language].items()
    }
    assert set(TRACK_COLUMNS) <= set(names)
    built = build([write_csv([renamed(row(1), names)])], tmp_path / "c")
    assert (built.tracks, built.found) == (1, [f"songs.csv: UTF-8, commas, header in {language}"])


def test_no_name_means_two_columns() -> None:
    for language, names in LANGUAGES.items():
        found = find_columns(names.values())
        for index, column in enumerate(names):
            assert index in found[column], (language, column)
            assert [other for other, indices in found.items() if index in indices] == [column]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("spotify_track_id", "id"),
        ("Spotify - id", "id"),
        ("artist(s)_name", "artist"),
        ("Artist.Name", "artist"),
        ("performer", "artist"),
        ("Beats.Per.Minute", "tempo"),
        ("Loudness..dB..", "loudness"),
        ("danceability_%", "danceability"),
        ("duration (ms)", "duration_ms"),
        ("Length.", "length"),
        ("spotify_track_explicit", "explicit"),
    ],
)
def test_knows_names_of_published_files(name, column) -> None:
    assert find_columns(["other", name]) == {column: (1,)}


def test_the_first_text_that_is_an_id_is_used(row, write_csv, build_tracks) -> None:
    values = {"id": "17", "uri": f"spotify:album:{ID}", **row(1)}
    assert list(build_tracks(write_csv([values]))) == [ID]


@pytest.mark.parametrize(
    "written", ["rock", "['rock', 'art rock']", "rock, art rock", "rock,art rock", "rock;art rock"]
)
def test_the_first_of_several_genres_is_used(written, row, write_csv, tmp_path) -> None:
    from catalog.store import Catalog

    build([write_csv([row(1, spotify_genre=written)])], tmp_path / "c")
    with Catalog.open(tmp_path / "c") as catalog:
        assert catalog.find([ID])[ID].genre == "rock"


def test_a_name_can_be_chosen(row, write_csv, tmp_path) -> None:
    values = renamed(row(1), {"artist": "Sung By", "energy": "oomph"})
    path = write_csv([values | {"energy": "5"}])
    with raises("missing_columns"):
        build([path], tmp_path / "c")
    built = build([path], tmp_path / "c", chosen={"artist": "sung_by", "energy": "oomph"})
    assert built.tracks == 1


def test_a_chosen_name_must_be_in_a_file(row, write_csv, tmp_path) -> None:
    with raises("unknown_column") as caught:
        build([write_csv([row(1)])], tmp_path / "c", chosen={"artist": "sung_by"})
    assert "'track_artist'" in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["artist"], "invalid_column"),
        (["artist="], "invalid_column"),
        (["artst=A"], "unknown_column"),
        (["artist=A", "title=B", "artist=C"], "invalid_column"),
    ],
)
def test_refuses_invalid_choices(texts, code) -> None:
    with raises(code):
        parse_choices(texts)


def test_a_refusal_lists_the_columns_of_the_file(row, write_csv, tmp_path) -> None:
    values = renamed(row(1), {"artist": "Sung By"})
    with raises("missing_columns") as caught:
        build([write_csv([values])], tmp_path / "c")
    assert "lacks artist" in str(caught.value)
    assert "'track_name', 'Sung By', 'danceability'" in str(caught.value)
    assert "--column artist=NAME" in str(caught.value)


def test_features_that_are_absent_or_empty_get_one_answer(row, write_csv, tmp_path) -> None:
    without = {name: value for name, value in row(1).items() if name not in FEATURES}
    empty = row(1, **dict.fromkeys(FEATURES, ""))
    for values in (without, empty):
        with raises("no_features") as caught:
            build([write_csv([values])], tmp_path / "c")
        assert "Include audio features data" in str(caught.value)
