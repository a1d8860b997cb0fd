"""Matching the songs of a player to the catalogue, and recommending from them."""

from __future__ import annotations

import errno
import json
import logging
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from catalog.attribute_filter import AttributeFilter
from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.library import Library, Song
from edge.music.library.matching import artist_keys, match_songs, recording_key
from edge.music.profile import NoHistory, Taste
from edge.music.recommender import Recommender
from edge.music.selector import TrackSelector
from edge.music.track_filter import TrackFilter
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from tests.edge.players.audio_files import SPELLINGS, sample_tracks
from tests.raising import raises


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as catalog:
        yield catalog


def spelled(count: int, seed: int = 1) -> list[Song]:
    """Songs for `count` tracks of the catalogue, in all spellings."""
    spellings = list(SPELLINGS.values())
    songs = []
    for number, track in enumerate(sample_tracks(count, seed)):
        title, artists = spellings[number % len(spellings)](track.title, track.artist.split(", "))
        songs.append(Song(f"{number}.flac", title, tuple(artists), "1"))
    return songs


@pytest.fixture(scope="module")
def rowids(catalog):
    """The rowids of the tracks of 500 songs."""
    return sorted(match_songs(spelled(500), catalog).tracks)


class ManyCredits:
    """A catalogue whose tracks are all of different artists."""

    COUNT = 20_000

    def titles(self) -> Iterator[tuple[int, str, str, str]]:
        for rowid in range(1, self.COUNT + 1):
            yield rowid, f"track{rowid}", f"Title {rowid}", f"Artist {rowid}"


def test_artists_that_a_library_lacks_take_little_memory():
    songs = [Song("a.flac", "Title 7", ("Artist 7",), "1")]
    tracemalloc.start()
    found = match_songs(songs, ManyCredits())  # type: ignore[arg-type]  # a fake
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.tracks == {7: ("track7", "a.flac")}
    # A credit itself has 60 bytes, an empty set of its own would have 216.
    assert peak < 200 * ManyCredits.COUNT


def test_matches_songs_in_all_spellings(catalog):
    songs = {}
    for number, track in enumerate(sample_tracks(1200, seed=2)):
        spelling = list(SPELLINGS)[number % len(SPELLINGS)]
        title, artists = SPELLINGS[spelling](track.title, track.artist.split(", "))
        songs[track.id] = (spelling, Song(track.id, title, tuple(artists)))
    found = match_songs([song for _, song in songs.values()], catalog)
    # A recording can be in the catalogue twice, but the same track is nearly always found.
    right = [uri for track_id, uri in found.tracks.values() if track_id == uri]
    for spelling in SPELLINGS:
        assert sum(songs[track_id][0] == spelling for track_id in right) >= 98, spelling


def test_songs_that_are_not_in_the_catalogue_are_not_matched(catalog):
    unknown = [
        Song("a", "Kitchen Demo 3", ("Nobody You Would Know",)),
        Song("b", "Yesterday", ("Nobody You Would Know",)),
        Song("c", "Bicycle Race - Live in My Kitchen", ("Queen",)),
    ]
    found = match_songs([*spelled(40), *unknown], catalog)
    assert found.matched_count == 40
    assert not {"a", "b", "c"} & {uri for _, uri in found.tracks.values()}


def test_of_two_songs_of_one_track_the_first_is_played(catalog):
    (track,) = sample_tracks(1, seed=3)
    songs = [Song(uri, track.title, (track.artist,)) for uri in ("1.flac", "2.mp3")]
    found = match_songs(songs, catalog)
    assert found.matched_count == 2
    assert list(found.tracks.values()) == [(track.id, "1.flac")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don\u2019t Stop Believin\u2019", "Don't Stop Believin'"),
        ("Sunny \u2013 Remastered 2009", "Sunny"),
        ("Umbrella\uff08feat. JAY-Z\uff09", "Umbrella"),
        ("Rock \u02bbn\u2019 Roll\u2026", "Rock 'n' Roll..."),
        ("Theme (From \u201cGrease\u201d)", 'Theme (From "Grease")'),
        ("Bohemian Rhapsody - 2011 Remaster", "Bohemian Rhapsody (Remastered 2011)"),
        ("Another Brick in the Wall, Pt. 2", "Another Brick In The Wall (Part 2)"),
        ("Halo [Explicit]", "HALO"),
        ("Umbrella (feat. JAY-Z)", "Umbrella ft. Jay-Z"),
        ("D\u00e9j\u00e0 Vu", "Deja Vu"),
        ("Sunny - Original Mix", "Sunny"),
    ],
)
def test_releases_of_one_recording_have_the_same_key(one, other):
    assert recording_key(one) == recording_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Halo - Live", "Halo"),
        ("Halo (Acoustic)", "Halo"),
        ("Halo - Gorillaz Remix", "Halo - Original Mix"),
        ("Halo feat. Me - Gorillaz Remix", "Halo"),
        ("Another Brick in the Wall, Pt. 1", "Another Brick in the Wall, Pt. 2"),
        ("1999", "99"),
    ],
)
def test_other_recordings_have_other_keys(one, other):
    assert recording_key(one) != recording_key(other)


@pytest.mark.parametrize(
    ("tag", "credit"),
    [
        ("Cam'ron", "Cam\u2019ron"),
        ("Run\u2013D.M.C.", "Run-D.M.C."),
        ("Simon \uff06 Garfunkel", "Simon & Garfunkel"),
        ("Beatles, The", "The Beatles"),
        ("AC-DC", "AC/DC"),
        ("Simon and Garfunkel", "Simon & Garfunkel"),
        ("Calvin Harris; Dua Lipa", "Calvin Harris, Dua Lipa"),
        ("Calvin Harris feat. Rihanna", "Calvin Harris"),
        ("Tyler, the Creator", "Tyler, The Creator"),
        ("M\u00f8tley Cr\u00fce", "M\u00f8tley Crue"),
    ],
)
def test_spellings_of_an_artist_share_a_key(tag, credit):
    assert artist_keys(tag) & artist_keys(credit)


def test_a_saved_library_is_not_matched_again(catalog, tmp_path, caplog):
    path = tmp_path / "library.json"
    library = Library(path, "MPD at here")
    library.update("version 1", spelled(50), catalog)
    with caplog.at_level(logging.INFO):
        again = Library(path, "MPD at here")
        again.load()
        again.match_if_changed(catalog)
    assert again.version == "version 1"
    assert again.songs == library.songs
    assert again.playable.uris == library.playable.uris
    assert again.playable.rowids == library.playable.rowids
    assert caplog.text == ""


def test_songs_that_cannot_be_matched_are_listed_again(catalog, tmp_path):
    class Unreadable:
        def titles(self) -> Iterator[tuple[int, str, str, str]]:
            raise MoodpiError("too slow", code="catalog_too_slow")

    library = Library(tmp_path / "library.json", "here")
    library.update("1", spelled(5), catalog)
    with raises("catalog_too_slow"):
        library.update("2", spelled(6), Unreadable())  # type: ignore[arg-type]  # a fake
    assert library.version == ""


def test_the_library_of_another_server_is_ignored(catalog, tmp_path):
    path = tmp_path / "library.json"
    Library(path, "MPD at here").update("1", spelled(5), catalog)
    other = Library(path, "MPD at there")
    other.load()
    assert other.playable is None


def test_a_file_of_moodpi_0_1_0_is_replaced(catalog, tmp_path, caplog):
    path = tmp_path / "library.json"
    playable = {"catalog": "1f", "songs": 1, "known": 1, "places": [7], "uris": {"x": "a.flac"}}
    songs = [["a.flac", "Title", ["Artist"], "1"]]
    old = {"format": 1, "server": "here", "version": "1", "songs": songs, "playable": playable}
    path.write_text(json.dumps(old))
    library = Library(path, "here")
    library.load()
    assert (library.playable, library.version, library.songs) == (None, "", ())
    assert caplog.text == ""
    library.update("2", spelled(5), catalog)
    saved = Library(path, "here")
    saved.load()
    assert saved.playable.matched_count == 5
    assert [file.name for file in tmp_path.iterdir()] == ["library.json"]


@pytest.mark.parametrize("content", ["", "{}", "[1]", "\0\0", '{"format": 3, "server": "here"}'])
def test_a_damaged_file_is_quarantined_and_logged(content, tmp_path, caplog):
    path = tmp_path / "library.json"
    path.write_text(content)
    library = Library(path, "here")
    library.load()
    assert library.playable is None
    assert "is damaged" in caplog.text
    assert not path.exists()
    assert len(list(tmp_path.glob("library.json.damaged-*"))) == 1


def test_a_damaged_file_on_a_read_only_disk_stays(tmp_path, caplog, monkeypatch):
    path = tmp_path / "library.json"
    path.write_text("torn")

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "rename", refuse)
    library = Library(path, "here")
    library.load()
    assert library.playable is None
    assert "Read-only file system" in caplog.text
    assert path.exists()


def test_without_a_writable_state_folder_the_songs_are_still_matched(catalog, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    library = Library(tmp_path / "file" / "library.json", "here")
    library.update("1", spelled(5), catalog)
    assert library.playable.matched_count == 5
    assert "will list the songs again after a restart" in caplog.text


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_recommends_only_playable_tracks(emotion, strategy, catalog, rowids):
    recommender = Recommender(catalog, playable=rowids)
    for seed in range(3):
        chosen = recommender.recommend(Affect.from_emotion(emotion), strategy, seed=seed)
        assert len({item.track.rowid for item in chosen.tracks} & set(rowids)) == 5
        assert len({item.track.artist_id for item in chosen.tracks}) == 5


def test_the_nearest_songs_are_recommended_first(catalog, rowids):
    affect = Affect.from_emotion("happy")
    tracks = Recommender(catalog, playable=rowids).recommend(affect, seed=1).tracks
    distances = [abs(t.valence - affect.valence) for t in catalog.tracks(rowids)]
    reached = max(abs(item.track.valence - affect.valence) for item in tracks)
    assert reached < sorted(distances)[len(distances) // 3]


def test_a_library_with_all_tracks_changes_nothing(catalog):
    affect = Affect.from_emotion("sad")
    everything = list(range(1, len(catalog) + 1))
    plain = Recommender(catalog).recommend(affect, seed=4)
    assert Recommender(catalog, playable=everything).recommend(affect, seed=4) == plain


def test_filters_also_apply_to_a_library(catalog):
    rowids = sorted(Random(5).sample(range(1, len(catalog) + 1), 5000))
    track_filter = TrackFilter(AttributeFilter(years=(1980, 1989)))
    recommender = Recommender(catalog, track_filter, playable=rowids)
    tracks = [c.track for c in recommender.recommend(Affect.from_emotion("happy"), seed=1).tracks]
    assert len(tracks) == 5
    assert {track.rowid for track in tracks} <= set(rowids)
    assert all((track.year or track.decade or 0) // 10 == 198 for track in tracks)


def test_logs_a_library_with_too_few_tracks(caplog):
    with ReloadingCatalog() as current:
        settings = RecommendSettings()
        selector = TrackSelector(current, NoHistory(Taste()), settings, 1, lambda _: [3, 70, 900])
        assert len(selector.select(Affect.from_emotion("happy")).tracks) == 3
    assert "only 3 of 5 tracks: the player has no other tracks of the catalogue" in caplog.text


@pytest.mark.system
def test_reads_the_tags_of_every_file_format(tmp_path):
    pytest.importorskip("mutagen")
    from edge.music.library.tags import read_tags
    from tests.edge.players.audio_files import make_silent_files, write_tags

    for kind, path in make_silent_files(tmp_path).items():
        assert not read_tags(path, "1").is_tagged
        write_tags(path, "Caf\u00e9 \u2013 99", ["First", "Second"])
        song = read_tags(path, "1")
        expected = Song(str(path), "Caf\u00e9 \u2013 99", ("First", "Second"), "1")
        assert song == expected, kind


def test_a_file_without_audio_is_not_a_song(tmp_path):
    pytest.importorskip("mutagen")
    from edge.music.library.tags import read_tags

    for number, content in enumerate([b"", b"ID3", b"fLaC\0\0", b"OggS" + b"\xff" * 90]):
        path = tmp_path / f"{number}.{['mp3', 'mp3', 'flac', 'ogg'][number]}"
        path.write_bytes(content)
        assert read_tags(path, "1") is None
