"""Building catalogues: reading, cleaning, merging and refusing files."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from catalog.building.scoring_model import ScoringModel  # noqa: E402
from catalog.schema import SCALE  # noqa: E402
from catalog.store import Catalog, Track  # noqa: E402
from tests.raising import raises  # noqa: E402

ID = f"{1:022}"


def built_track(path: Path, folder: Path) -> Track:
    """The track ID of a catalogue built from one file."""
    build([path], folder / "built.sqlite")
    with Catalog.open(folder / "built.sqlite") as catalog:
        track = catalog.find(ID)
    assert track is not None
    return track


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


def test_a_credit_with_commas_is_the_same_song_as_the_first_artists(
    row, write_csv, build_tracks
) -> None:
    rows = [
        row(1, track_name="Song", track_artist="A, B"),
        row(2, track_name="Song", track_artist="A"),
    ]
    assert len(build_tracks(write_csv(rows))) == 1


def test_removes_partial_files_of_killed_builds_only(row, write_csv, tmp_path) -> None:
    killed, running = tmp_path / "c.sqlite.4194305.part", tmp_path / f"c.sqlite.{os.getppid()}.part"
    for part in (killed, running):
        part.touch()
    build([write_csv([row(1)])], tmp_path / "c.sqlite")
    assert (killed.exists(), running.exists()) == (False, True)


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
    assert built.rejected.examples == [f"songs.csv line 3: {reason}"]
    assert built.rejected.kinds.total() == 1


def test_rejects_a_row_with_too_few_fields(row, write_csv, tmp_path) -> None:
    path = write_csv([row(1)])
    path.write_text(path.read_text() + "a,b,c\n")
    built = build([path], tmp_path / "c.sqlite")
    width = len(row(1))
    assert built.rejected.examples == [
        f"songs.csv line 3: wrong number of fields: 3, expected {width}"
    ]


def test_lists_only_the_first_rejected_rows(row, write_csv, tmp_path) -> None:
    built = build(
        [write_csv([row(n, energy="9" if n else ".5") for n in range(21)])], tmp_path / "c"
    )
    assert (built.rejected.kinds.total(), len(built.rejected.examples)) == (20, 5)


def test_reads_quoted_commas_line_breaks_and_other_alphabets(row, write_csv, build_tracks) -> None:
    path = write_csv([row(1, track_name='Hey, "you"\n달라', track_artist="Beyoncé"), row(2)])
    assert build_tracks(path)[ID]["title"] == 'Hey, "you" 달라'


def test_the_first_file_has_precedence(row, write_csv, build_tracks) -> None:
    first = write_csv([row(1, track_name="Right", track_album_name="")], "a.csv")
    second = write_csv([row(1, track_name="Wrong", track_album_name="Known")], "b.csv")
    track = build_tracks(first, second)[ID]
    assert (track["title"], track["album_name"]) == ("Right", "Known")
    assert build_tracks(second, first)[ID]["title"] == "Wrong"


def test_the_earliest_year_and_the_highest_popularity_win(row, write_csv, build_tracks) -> None:
    first = write_csv([row(1, release_date="2015-03-01", popularity="20")], "a.csv")
    second = write_csv([row(1, release_date="1982", popularity="70")], "b.csv")
    track = build_tracks(first, second)[ID]
    assert (track["year"], track["decade"], track["popularity"]) == (1982, 1980, 70)


def test_releases_of_one_song_become_one_and_the_most_popular_stays(
    row, write_csv, build_tracks
) -> None:
    same = [
        row(1, track_name="Jolene - 2015 Remaster", track_artist="The Band", popularity="10"),
        row(2, track_name="JOLENE!", track_artist="band", popularity="60"),
        row(3, track_name="Jolene (feat. Someone)", track_artist="Bánd;Guest", popularity="0"),
        row(4, track_name="Jolene - Live", track_artist="The Band", popularity="90"),
    ]
    assert sorted(build_tracks(write_csv(same))) == [f"{2:022}", f"{4:022}"]


def test_a_joint_song_belongs_to_the_first_artist_if_known_alone(
    row, write_csv, build_tracks
) -> None:
    shared = [
        row(1, track_name="Lean On (feat. MO)", track_artist="Major Lazer", popularity="80"),
        row(2, track_name="Lean On", track_artist="Major Lazer & DJ Snake", popularity="10"),
        row(3, track_name="Light It Up", track_artist="Major Lazer x Fuse ODG"),
        row(4, track_name="Cecilia", track_artist="Simon & Garfunkel"),
        row(5, track_name="Cecilia", track_artist="Simon and Garfunkel"),
        row(6, track_name="Cecilia", track_artist="Julie"),
    ]
    tracks = build_tracks(write_csv(shared))
    assert [int(identity) for identity in sorted(tracks)] == [1, 3, 4, 6]
    assert tracks[f"{1:022}"]["lead"] == tracks[f"{3:022}"]["lead"]
    assert tracks[f"{4:022}"]["artist_name"] == "Simon & Garfunkel"


def test_takes_features_as_a_set_from_the_first_file(row, write_csv, tmp_path) -> None:
    calm = {"energy": "0.1", "valence": "0.2", "acousticness": "0.9"}
    others = [row(number) for number in range(2, 40)]
    first = write_csv([row(1, **calm), *others], "a.csv")
    second = write_csv([row(1, energy="0.9", valence="0.9")], "b.csv")
    alone, both = tmp_path / "alone.sqlite", tmp_path / "both.sqlite"
    assert build([first], alone).content_sha256 == build([first, second], both).content_sha256
    assert build([second, first], both).content_sha256 != build([first], alone).content_sha256


def test_an_artist_is_one_artist_with_and_without_guests(row, write_csv, build_tracks) -> None:
    names = ["Fat Joe", "Fat Joe Featuring Lil Wayne", "Fat Joe;Remy Ma"]
    tracks = build_tracks(write_csv([row(n, track_artist=name) for n, name in enumerate(names)]))
    assert len({track["lead"] for track in tracks.values()}) == 1
    assert tracks[f"{2:022}"]["artist_name"] == "Fat Joe, Remy Ma"


def test_valence_and_arousal_are_ranks_over_the_catalogue(row, write_csv, build_tracks) -> None:
    tracks = build_tracks(write_csv([row(n) for n in range(100)])).values()
    edge = round(ScoringModel.load().extent * SCALE)
    for axis in ("valence", "arousal"):
        values = sorted(track[axis] for track in tracks)
        assert values == [round((2 * n + 1) / 100 * edge) - edge for n in range(100)]


def test_the_same_inputs_give_the_same_bytes(row, write_csv, tmp_path) -> None:
    path = write_csv([row(n) for n in range(300)])
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    assert build([path], first).content_sha256 == build([path], second).content_sha256
    assert first.read_bytes() == second.read_bytes()


def test_other_tracks_give_another_content_hash(row, write_csv, tmp_path) -> None:
    few = build([write_csv([row(1)], "a.csv")], tmp_path / "a.sqlite")
    more = build([write_csv([row(1), row(2)], "b.csv")], tmp_path / "b.sqlite")
    assert few.content_sha256 != more.content_sha256


def test_replaces_the_file_atomically_and_leaves_it_on_failure(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(1)], "a.csv")], output)
    before = output.read_bytes()
    with raises("no_usable_track"):
        build([write_csv([row(1, energy="7")], "b.csv")], output)
    assert output.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_an_open_catalogue_can_be_replaced(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(n) for n in range(9)], "a.csv")], output)
    with Catalog.open(output) as catalog:
        build([write_csv([row(50)], "b.csv")], output)
        assert len(catalog.tracks(range(1, 10))) == 9


def test_the_provenance_lists_inputs_counts_and_models(row, write_csv, tmp_path) -> None:
    output = tmp_path / "c.sqlite"
    build([write_csv([row(1), row(1), row(2, energy="7")])], output)
    with Catalog.open(output) as catalog:
        provenance = catalog.provenance()
    entry = provenance["inputs"][0]
    assert (entry["name"], entry["rows"], entry["used"]) == ("songs.csv", 3, 2)
    assert provenance["counts"] == {
        "same_id": 1,
        "same_song": 0,
        "tracks": 1,
        "rejected": {"energy is out of range": 1},
    }
    assert provenance["scoring"]["fit"]["artists"] == 772
    assert provenance["moods"]["fit"]["songs"] == 686


def test_refuses_a_file_without_a_column(row, write_csv, tmp_path) -> None:
    values = row(1)
    del values["tempo"], values["energy"]
    with raises("missing_columns") as caught:
        build([write_csv([values])], tmp_path / "c.sqlite")
    assert "energy, tempo (bpm)" in str(caught.value)


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


def test_refuses_missing_files(row, write_csv, tmp_path) -> None:
    with raises("unreadable"):
        build([tmp_path / "absent.csv"], tmp_path / "c.sqlite")
    with raises("invalid_output"):
        build([write_csv([row(1)])], tmp_path / "absent" / "c.sqlite")


def test_an_input_is_never_overwritten(row, write_csv) -> None:
    path = write_csv([row(1)])
    before = path.read_bytes()
    with raises("output_is_input"):
        build([path], path)
    assert path.read_bytes() == before


def test_reproduces_the_shipped_catalogue(shared_data, tmp_path) -> None:
    music = shared_data / "music"
    names = ("data_moods", "spotify_songs", "spotify_by_genre")
    sources = [music / f"{name}.csv" for name in names] + sorted(music.glob("hitpredictor_*.csv"))
    built = build(sources, tmp_path / "c.sqlite")
    assert built.read == 80_625
    assert built.read == built.tracks + built.same_id + built.same_song + sum(
        built.rejected.kinds.values()
    )
    with Catalog.open() as shipped:
        assert shipped.provenance()["content_sha256"] == built.content_sha256
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as database:
        title = "SELECT count(*) FROM track WHERE title = '1999'"
        assert database.execute(title).fetchone()[0] > 0
