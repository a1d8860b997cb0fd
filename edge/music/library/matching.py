"""Matches songs to tracks of the catalogue, whose names can be spelled differently."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.artists import credited_artists
from catalog.names import artist_key, first_artist, first_joint_artist, fold, title_key
from catalog.store import Catalog
from edge.music.library.song import Song

# The apostrophes of MusicBrainz and of word processors.
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4\u0060", "'"))
_INVERTED = re.compile(r"(.+), (the|a|an|die|der|das|los|las|les)", re.IGNORECASE)
# A credit without any of these names one artist.
_SEVERAL_ARTISTS = re.compile(r"[,;/&+\0\[]|\s(?:x|and|with|vs|feat|ft|featuring)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:;|/|\0)\s*")
_FEATURED = re.compile(r"\s+(?:feat\.?|ft\.?|featuring)\s(?:(?!\s-\s)[^(\[])*", re.IGNORECASE)
# A remark at the end of a title, in brackets or after a dash.
_REMARK = re.compile(
    r"\s*(?:[(\[]\s*(?P<bracketed>[^()\[\]]*)[)\]]|\s-\s+(?P<dashed>[^-()\[\]]*))\s*$",
)
# Remarks that name another release of the same recording.
_SAME_RECORDING = re.compile(
    r"(?:explicit|clean|bonus(?: track)?|(?:original|main|lp|album|single|mono|stereo|full|radio) "
    r"(?:version|mix|edit)|version|official .*|(?:19|20)\d\d version"
    r"|(?:\d{4} )?(?:digital(?:ly)? )?re-?master(?:ed|izado)?.*|(?:19|20)\d\d (?:mix|edition))",
    re.IGNORECASE,
)
_PART = re.compile(r"\bpt\b\.?", re.IGNORECASE)


def artist_keys(name: str) -> frozenset[str]:
    """The keys of all artists that an artist tag or a credit can name."""
    straight = name if name.isascii() and "`" not in name else name.translate(_APOSTROPHES)
    if not _SEVERAL_ARTISTS.search(straight):
        return frozenset([_without_spaces(artist_key(straight))])
    if inverted := _INVERTED.fullmatch(straight):
        straight = f"{inverted[2]} {inverted[1]}"
    first = first_artist(straight)
    names = {straight, first, first_joint_artist(first), *_SEPARATOR.split(straight)}
    keys = {artist_key(part) for part in names if part} | credited_artists(straight)
    return frozenset(map(_without_spaces, keys))


def recording_key(title: str) -> str:
    """A key equal for all releases of a recording. A live version or a remix has another key."""
    plain = _FEATURED.sub("", title.translate(_APOSTROPHES)) or title
    while (found := _REMARK.search(plain)) and found.start():
        if not _SAME_RECORDING.fullmatch((found["bracketed"] or found["dashed"] or "").strip()):
            break
        plain = plain[: found.start()]
    return _without_spaces(fold(_PART.sub("part", title_key(plain))))


@dataclass(frozen=True)
class Matches:
    """The tracks of a catalogue that are among the songs of a library.

    Attributes:
        tracks: For each rowid of a matched track its id and the song's URI.
        matched_count: The number of matched songs. Two songs of one track count as two.
    """

    tracks: dict[int, tuple[str, str]]
    matched_count: int


def match_songs(songs: Iterable[Song], catalog: Catalog) -> Matches:
    """Match each song to the first track with its artist and recording.

    If several songs match one track, the first song is used.
    """
    by_recording: dict[str, list[tuple[frozenset[str], Song]]] = {}
    library_artists: set[str] = set()
    for song in songs:
        keys = frozenset().union(*map(artist_keys, song.artists))
        by_recording.setdefault(recording_key(song.title), []).append((keys, song))
        library_artists |= keys
    # A catalogue has far fewer credits than tracks.
    keys_by_credit: dict[str, frozenset[str]] = {}
    matched: set[str] = set()
    tracks: dict[int, tuple[str, str]] = {}
    for rowid, track_id, title, credit in catalog.titles():
        if credit not in keys_by_credit:
            keys_by_credit[credit] = artist_keys(credit) & library_artists
        track_artists = keys_by_credit[credit]
        if not track_artists:
            continue
        for song_artists, song in by_recording.get(recording_key(title), ()):
            if song.uri not in matched and not song_artists.isdisjoint(track_artists):
                matched.add(song.uri)
                tracks.setdefault(rowid, (track_id, song.uri))
    return Matches(tracks, len(matched))


def _without_spaces(key: str) -> str:
    """The key without spaces: `AC/DC` and `ACDC`, `Blink-182` and `blink 182` have one key."""
    return key.replace(" ", "")
