"""Playlist files: what they hold, names that end a line, and files that cannot be written."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import pytest

from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.playlist_file import (
    PlaylistEntry,
    m3u8,
    playlist_entries,
    write_playlist,
    xspf,
)
from edge.music.recommender import Recommender
from moodpi.errors import MoodpiError, UsageError
from tests.raising import raises

XSPF = "{http://xspf.org/ns/0/}"
ENTRY = PlaylistEntry("Café & <Bar>", "Zoë", 61, "/music/1 é.flac", is_link=False)
# Paths that players read otherwise: a comment, an option of a line, ends of lines, lost blanks.
STRANGE = ["#1.mp3", " blank.mp3", "two\nlines.mp3", "/a\r.mp3", "/caf\udce9.mp3", "end.mp3 "]


def entry(location: str) -> PlaylistEntry:
    return PlaylistEntry("Title", "Artist", None, location, is_link=False)


def m3u8_locations(content: bytes) -> list[str]:
    return [line for line in content.decode().splitlines() if not line.startswith("#")]


def xspf_tracks(content: bytes) -> list[dict[str, str]]:
    tracks = ET.fromstring(content).findall(f".//{XSPF}track")  # noqa: S314  # our own file
    return [{part.tag.removeprefix(XSPF): part.text or "" for part in track} for track in tracks]


@pytest.fixture(scope="module")
def recommended():
    with Catalog.open() as catalog:
        return Recommender(catalog).recommend(Affect.from_emotion("happy"), seed=1).tracks


def test_m3u8_states_duration_artist_title_and_path() -> None:
    assert m3u8([ENTRY]).decode() == ("#EXTM3U\n#EXTINF:61,Zoë - Café & <Bar>\n/music/1 é.flac\n")
    assert "#EXTINF:-1," in m3u8([entry("/a.mp3")]).decode()


def test_xspf_is_xml_with_uris_and_milliseconds() -> None:
    assert xspf_tracks(xspf([ENTRY])) == [
        {
            "location": "file:///music/1%20%C3%A9.flac",
            "title": "Café & <Bar>",
            "creator": "Zoë",
            "duration": "61000",
        }
    ]


def test_a_title_with_characters_that_xml_lacks_is_xml() -> None:
    strange = PlaylistEntry("a\ufffeb", "\uffffc", None, "/a.mp3", is_link=False)
    (track,) = xspf_tracks(xspf([strange]))
    assert (track["title"], track["creator"]) == ("a b", " c")


def test_a_track_without_a_song_is_a_link(recommended) -> None:
    first, second, *_ = recommended
    uris = {first.track.id: "/music/first.flac"}
    entries = playlist_entries([first, second], uris)
    assert [each.location for each in entries] == ["/music/first.flac", second.url]
    assert [each.is_link for each in entries] == [False, True]
    assert all(each.title and each.artist for each in entries)


def test_a_song_of_a_subsonic_server_is_a_link(recommended) -> None:
    """No other program knows moodpi's names of them, and their addresses contain credentials."""
    first = recommended[0]
    (entry,) = playlist_entries([first], {first.track.id: "subsonic:1"})
    assert (entry.is_link, entry.location) == (True, first.url)


@pytest.mark.parametrize("location", STRANGE)
def test_a_strange_path_is_one_encoded_line(location: str) -> None:
    (line,) = m3u8_locations(m3u8([entry(location)]))
    path = location.encode(errors="surrogateescape")
    assert unquote_to_bytes(line.removeprefix("file://")) == path
    (track,) = xspf_tracks(xspf([entry(location)]))
    assert unquote_to_bytes(track["location"].removeprefix("file://")) == path


@pytest.mark.parametrize("location", ["spotify:track:0", "https://a.b/c?d=e", "local:track:a"])
def test_a_url_stays_as_it_is(location: str) -> None:
    assert m3u8_locations(m3u8([entry(location)])) == [location]
    assert xspf_tracks(xspf([entry(location)]))[0]["location"] == location


def test_a_colon_in_a_relative_path_is_not_a_scheme() -> None:
    (track,) = xspf_tracks(xspf([entry("live: at home/1.mp3")]))
    assert track["location"] == "live%3A%20at%20home/1.mp3"


def test_every_location_is_one_entry() -> None:
    hypothesis = pytest.importorskip("hypothesis")
    texts = hypothesis.strategies.text(min_size=1).filter(lambda text: "\0" not in text)

    @hypothesis.settings(max_examples=200, derandomize=True, deadline=None)
    @hypothesis.given(hypothesis.strategies.lists(texts, max_size=4))
    def check(locations: list[str]) -> None:
        entries = [entry(text.encode(errors="ignore").decode() or "a") for text in locations]
        assert len(m3u8_locations(m3u8(entries))) == len(entries)
        assert len(xspf_tracks(xspf(entries))) == len(entries)

    check()


@pytest.mark.parametrize("name", ["list.m3u8", "list.m3u", "list.xspf", "LIST.XSPF"])
def test_the_suffix_decides_the_format(name: str, tmp_path: Path) -> None:
    write_playlist(tmp_path / name, [ENTRY])
    format_of = xspf if name.lower().endswith("xspf") else m3u8
    assert (tmp_path / name).read_bytes() == format_of([ENTRY])
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize("name", ["list", "list.pls", "list.m3u8.gz"])
def test_another_suffix_is_refused(name: str, tmp_path: Path) -> None:
    with raises("unknown_playlist_format", UsageError):
        write_playlist(tmp_path / name, [ENTRY])
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with raises("cannot_write", MoodpiError):
        write_playlist(tmp_path / "file" / "list.m3u8", [ENTRY])
