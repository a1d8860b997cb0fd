"""Merging rows: precedence of files, releases of one song, artists with and without guests."""

from __future__ import annotations

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402

ID = f"{1:022}"


def test_a_credit_with_commas_is_the_same_song_as_the_first_artists(
    row, write_csv, build_tracks
) -> None:
    rows = [
        row(1, track_name="Song", track_artist="A, B"),
        row(2, track_name="Song", track_artist="A"),
    ]
    assert len(build_tracks(write_csv(rows))) == 1


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


def test_the_year_of_a_later_release_is_dropped(row, write_csv, build_tracks) -> None:
    first = write_csv([row(1, release_date="2010-10-04")], "a.csv")
    second = write_csv([row(1, release_date="", decade="1970")], "b.csv")
    track = build_tracks(first, second)[ID]
    assert (track["year"], track["decade"]) == (None, 1970)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, (1991, 1990)),
        ({"decade": "1990"}, (1991, 1990)),
        ({"decade": "1980"}, (None, 1980)),
        ({"track_album_name": "Another"}, (None, None)),
        ({"track_artist": "Somebody else"}, (None, None)),
    ],
)
def test_a_year_is_taken_from_the_album(other, expected, row, write_csv, build_tracks) -> None:
    known = row(1, track_name="First", track_artist="Band", track_album_name="Album")
    first = write_csv(
        [
            known | {"release_date": "1991"},
            known | {"track_id": f"{3:022}", "release_date": "1995"},
        ],
        "a.csv",
    )
    unknown = {"track_name": "Second", "track_artist": "Band", "track_album_name": "Album"}
    second = write_csv([row(2, release_date="", **{**unknown, **other})], "b.csv")
    track = build_tracks(first, second)[f"{2:022}"]
    assert (track["year"], track["decade"]) == expected


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
