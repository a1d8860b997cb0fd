"""A player's songs, found again in the catalogue, and what is recommended out of them."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from random import Random

import pytest

from catalog.filters import Filters
from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.filters import TrackFilter
from edge.music.library import Library, Song
from edge.music.library.matching import artist_keys, match, song_key
from edge.music.profile import Taste, TasteAlone
from edge.music.recommender import Recommender
from edge.music.selection import TrackSelector
from models.emotions import EMOTIONS
from tests.edge.players.audio_files import SPELLINGS, sample_tracks


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as catalog:
        yield catalog


def spelled(count: int, seed: int = 1) -> list[Song]:
    """As many songs of the catalogue, spelled in every way that people do."""
    ways = list(SPELLINGS.values())
    songs = []
    for number, track in enumerate(sample_tracks(count, seed)):
        title, artists = ways[number % len(ways)](track.title, track.artist.split(", "))
        songs.append(Song(f"{number}.flac", title, tuple(artists), "1"))
    return songs


@pytest.fixture(scope="module")
def places(catalog):
    """The places of 500 songs."""
    return sorted(match(spelled(500), catalog).tracks)


def test_songs_are_found_however_they_are_spelled(catalog):
    songs = {}
    for number, track in enumerate(sample_tracks(1200, seed=2)):
        way = list(SPELLINGS)[number % len(SPELLINGS)]
        title, artists = SPELLINGS[way](track.title, track.artist.split(", "))
        songs[track.id] = (way, Song(track.id, title, tuple(artists)))
    found = match([song for _, song in songs.values()], catalog)
    # A recording may be in the catalogue twice: nearly always it is the very track that is found.
    right = [uri for identity, uri in found.tracks.values() if identity == uri]
    for way in SPELLINGS:
        assert sum(songs[identity][0] == way for identity in right) >= 98, way


def test_songs_that_are_not_in_the_catalogue_are_left_out_and_counted(catalog):
    unknown = [
        Song("a", "Kitchen Demo 3", ("Nobody You Would Know",)),
        Song("b", "Yesterday", ("Nobody You Would Know",)),
        Song("c", "Bicycle Race - Live in My Kitchen", ("Queen",)),
    ]
    found = match([*spelled(40), *unknown], catalog)
    assert found.known == 40
    assert not {"a", "b", "c"} & {uri for _, uri in found.tracks.values()}


def test_a_track_that_is_there_twice_is_known_twice_and_played_once(catalog):
    (track,) = sample_tracks(1, seed=3)
    songs = [Song(uri, track.title, (track.artist,)) for uri in ("1.flac", "2.mp3")]
    found = match(songs, catalog)
    assert found.known == 2
    assert list(found.tracks.values()) == [(track.id, "1.flac")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Don\u2019t StopRequest Believin\u2019", "Don't StopRequest Believin'"),
        ("Bohemian Rhapsody - 2011 Remaster", "Bohemian Rhapsody (Remastered 2011)"),
        ("Another Brick in the Wall, Pt. 2", "Another Brick In The Wall (Part 2)"),
        ("Halo [Explicit]", "HALO"),
        ("Umbrella (feat. JAY-Z)", "Umbrella ft. Jay-Z"),
        ("D\u00e9j\u00e0 Vu", "Deja Vu"),
        ("Sunny - Original Mix", "Sunny"),
    ],
)
def test_releases_of_one_recording_have_one_key(one, other):
    assert song_key(one) == song_key(other)


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
    assert song_key(one) != song_key(other)


@pytest.mark.parametrize(
    ("tag", "credit"),
    [
        ("Beatles, The", "The Beatles"),
        ("AC-DC", "AC/DC"),
        ("Simon and Garfunkel", "Simon & Garfunkel"),
        ("Calvin Harris; Dua Lipa", "Calvin Harris, Dua Lipa"),
        ("Calvin Harris feat. Rihanna", "Calvin Harris"),
        ("Tyler, the Creator", "Tyler, The Creator"),
        ("M\u00f8tley Cr\u00fce", "M\u00f8tley Crue"),
    ],
)
def test_an_artist_is_known_by_other_spellings(tag, credit):
    assert artist_keys(tag) & artist_keys(credit)


def test_what_was_matched_is_kept_until_songs_or_catalogue_change(catalog, tmp_path, caplog):
    path = tmp_path / "library.json"
    library = Library(path, "MPD at here")
    library.renew("version 1", spelled(50), catalog)
    with caplog.at_level(logging.INFO):
        again = Library(path, "MPD at here")
        again.recall()
        again.match_if_other(catalog)
    assert again.version == "version 1"
    assert again.songs == library.songs
    assert again.playable.uris == library.playable.uris
    assert again.playable.places == library.playable.places
    assert caplog.text == ""


def test_another_servers_songs_are_not_taken(catalog, tmp_path):
    path = tmp_path / "library.json"
    Library(path, "MPD at here").renew("1", spelled(5), catalog)
    other = Library(path, "MPD at there")
    other.recall()
    assert other.playable is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", "\0\0", '{"format": 1, "server": "here"}'])
def test_a_damaged_file_is_set_aside_and_told(content, tmp_path, caplog):
    path = tmp_path / "library.json"
    path.write_text(content)
    library = Library(path, "here")
    library.recall()
    assert library.playable is None
    assert "is damaged" in caplog.text
    assert not path.exists()
    assert len(list(tmp_path.glob("library.json.damaged-*"))) == 1


def test_a_damaged_file_on_a_disk_that_takes_nothing_stays(tmp_path, caplog, monkeypatch):
    path = tmp_path / "library.json"
    path.write_text("torn")

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "rename", refuse)
    library = Library(path, "here")
    library.recall()
    assert library.playable is None
    assert "is where it was, for it cannot be renamed: Read-only file system" in caplog.text


def test_a_state_folder_that_cannot_be_written_costs_only_the_time(catalog, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    library = Library(tmp_path / "file" / "library.json", "here")
    library.renew("1", spelled(5), catalog)
    assert library.playable.known == 5
    assert "will be listed anew next time" in caplog.text


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_of_500_songs_five_of_five_can_be_played_for_every_emotion(
    emotion, strategy, catalog, places
):
    recommender = Recommender(catalog, playable=places)
    for seed in range(3):
        chosen = recommender.recommend(Affect.from_emotion(emotion), strategy, seed=seed)
        assert len({choice.track.place for choice in chosen.tracks} & set(places)) == 5
        assert len({choice.track.lead for choice in chosen.tracks}) == 5


def test_the_nearest_of_the_songs_come_first(catalog, places):
    affect = Affect.from_emotion("happy")
    tracks = Recommender(catalog, playable=places).recommend(affect, seed=1).tracks
    distances = [abs(t.valence - affect.valence) for t in catalog.tracks(places)]
    reached = max(abs(choice.track.valence - affect.valence) for choice in tracks)
    assert reached < sorted(distances)[len(distances) // 3]


def test_the_whole_catalogue_as_a_library_gives_what_no_library_gives(catalog):
    affect = Affect.from_emotion("sad")
    everything = list(range(1, len(catalog) + 1))
    plain = Recommender(catalog).recommend(affect, seed=4)
    assert Recommender(catalog, playable=everything).recommend(affect, seed=4) == plain


def test_filters_hold_within_a_library_too(catalog):
    places = sorted(Random(5).sample(range(1, len(catalog) + 1), 5000))
    bounds = TrackFilter(Filters(years=(1980, 1989)), words="recommend.year_from")
    recommender = Recommender(catalog, bounds, playable=places)
    tracks = [c.track for c in recommender.recommend(Affect.from_emotion("happy"), seed=1).tracks]
    assert len(tracks) == 5
    assert {track.place for track in tracks} <= set(places)
    assert all((track.year or track.decade) // 10 == 198 for track in tracks)


def test_where_the_player_has_too_few_the_log_says_so(caplog):
    with ReloadingCatalog() as current:
        settings = RecommendSettings()
        selection = TrackSelector(current, TasteAlone(Taste()), settings, 1, lambda _: [3, 70, 900])
        assert len(selection.choose(Affect.from_emotion("happy")).tracks) == 3
    assert "only 3 of 5 tracks: what the player has of the catalogue" in caplog.text


def test_tags_of_every_kind_of_file_are_read(tmp_path):
    pytest.importorskip("mutagen")
    from edge.music.library.tags import read_tags
    from tests.edge.players.audio_files import make_silent_files, write_tags

    for kind, path in make_silent_files(tmp_path).items():
        assert read_tags(path, "1") is None
        write_tags(path, "Caf\u00e9 \u2013 99", ["First", "Second"])
        song = read_tags(path, "1")
        assert (song.uri, song.title, song.stamp) == (str(path), "Caf\u00e9 \u2013 99", "1"), kind
        assert song.artists == ("First", "Second"), kind


def test_a_file_that_is_no_audio_is_no_song(tmp_path):
    pytest.importorskip("mutagen")
    from edge.music.library.tags import read_tags

    for number, content in enumerate([b"", b"ID3", b"fLaC\0\0", b"OggS" + b"\xff" * 90]):
        path = tmp_path / f"{number}.{['mp3', 'mp3', 'flac', 'ogg'][number]}"
        path.write_bytes(content)
        assert read_tags(path, "1") is None
