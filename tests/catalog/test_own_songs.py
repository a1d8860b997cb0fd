import json
from dataclasses import replace

import pytest

from catalog.attribute_filter import AttributeFilter
from catalog.extended import ExtendedCatalog
from catalog.own_songs import OwnSong, OwnSongs, Progress, read_own_songs
from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog

SONGS = (
    OwnSong("/music/one.flac", "One", "", 0.5, 0.5),
    OwnSong("/music/two.flac", "Two", "", -0.5, -0.5),
    OwnSong("/music/\udcff.flac", "Three", "Nobody At All", -0.6, 0.6),
    OwnSong("/music/four.flac", "Four", "", 0.6879, -0.6879),
)
OWN = OwnSongs(SONGS, (0.8, 0.7), Progress(songs=10, known=5, analyzed=4, skipped=1))


@pytest.fixture
def catalog():
    with Catalog.open() as catalog:
        yield catalog


@pytest.fixture
def extended(catalog):
    return ExtendedCatalog(catalog, OWN)


def test_a_file_of_songs_is_read_back(tmp_path):
    path = tmp_path / "own_songs.json"
    OWN.write(path)
    assert read_own_songs(path) == OWN


def test_without_a_file_there_are_no_songs(tmp_path):
    assert read_own_songs(tmp_path / "own_songs.json") == OwnSongs()


@pytest.mark.parametrize(
    "change", [{"spread": "x"}, {"songs": [[1]]}, {"songs": 3}, {"progress": {}}]
)
def test_a_damaged_file_is_set_aside(change, tmp_path):
    path = tmp_path / "own_songs.json"
    OWN.write(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert read_own_songs(path) == OwnSongs()
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_ids_look_like_the_catalogues_and_depend_on_the_uri():
    ids = {song.id for song in SONGS}
    assert len(ids) == len(SONGS)
    assert all(len(i) == 22 and i.isascii() and i.isalnum() for i in ids)
    assert replace(SONGS[0], title="Another").id == SONGS[0].id


def test_own_songs_are_tracks(catalog, extended):
    tracks = extended.own_tracks()
    assert [*tracks] == [song.uri for song in SONGS]
    rowids = [track.rowid for track in tracks.values()]
    assert min(rowids) > len(catalog)
    assert extended.tracks([*rowids, 1]) == [*catalog.tracks([1]), *tracks.values()]
    track = tracks["/music/one.flac"]
    assert extended.find([track.id, "0" * 22]) == {track.id: track}
    assert extended.credits([track.artist_id, 1])[track.artist_id] == [track.artist]
    assert "Nobody at all" in extended.artists
    assert catalog.own_tracks() == {}


def test_an_artist_of_the_catalogue_keeps_its_number(catalog):
    track = catalog.tracks([1000])[0]
    song = replace(SONGS[0], artist=track.artist)
    own = ExtendedCatalog(catalog, OwnSongs([song])).own_tracks()[song.uri]
    assert own.artist_id == track.artist_id


def test_only_a_players_plane_has_own_songs(catalog, extended):
    assert len(extended.plane) == len(catalog)
    rowids = [1, len(catalog), *(track.rowid for track in extended.own_tracks().values())]
    plane = extended.plane.subset(rowids)
    assert len(plane) == len(rowids)
    for track in extended.own_tracks().values():
        nearest = plane.nearest_cells(track.valence, track.arousal, 1)[0]
        assert track.rowid in nearest


def test_without_own_songs_a_subset_is_the_same(catalog):
    rowids = list(range(1, len(catalog), 97))
    plane = catalog.plane.subset(rowids)
    extended = ExtendedCatalog(catalog, OwnSongs()).plane.subset(rowids)
    cells = [p.nearest_cells(0.1, -0.2, len(rowids)) for p in (plane, extended)]
    assert [list(cell) for cell in cells[0]] == [list(cell) for cell in cells[1]]


@pytest.mark.parametrize(
    ("attributes", "count"),
    [
        (AttributeFilter(), 4),
        (AttributeFilter(explicit=False), 4),
        (AttributeFilter(genres=("rock",)), 0),
        (AttributeFilter(years=(1960, 2030)), 0),
        (AttributeFilter(min_popularity=1), 0),
    ],
)
def test_own_songs_pass_no_filter_on_what_is_unknown(attributes, count, catalog, extended):
    rowids = [*range(1, 1001), *(track.rowid for track in extended.own_tracks().values())]
    plane = extended.plane.subset(rowids)
    cells = extended.filter_cells(plane.nearest_cells(0, 0, len(rowids)), attributes)
    passing = [rowid for cell in cells for rowid in cell]
    assert sum(rowid > len(catalog) for rowid in passing) == count
    subset = catalog.plane.subset(rowids[:1000])
    known = catalog.filter_cells(subset.nearest_cells(0, 0, 1000), attributes)
    assert sorted(r for r in passing if r <= len(catalog)) == sorted(r for c in known for r in c)


def test_a_replaced_file_of_songs_is_read_again(tmp_path):
    path = tmp_path / "own_songs.json"
    with ReloadingCatalog(own_songs=path) as reloading:
        assert reloading.current().own_tracks() == {}
        OWN.write(path)
        assert len(reloading.current().own_tracks()) == 4
        assert reloading.current() is reloading.current()
        replace(OWN, songs=SONGS[:1]).write(path)
        assert len(reloading.current().own_tracks()) == 1
        path.unlink()
        assert reloading.current().own_tracks() == {}
