"""Which track of the catalogue a song is, however its tags spell artist and title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.artists import credited
from catalog.names import artist_key, first_named, fold, lead, title_key
from catalog.store import Catalog
from edge.music.library.song import Song

# As MusicBrainz and word processors set them.
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4\u0060", "'"))
_INVERTED = re.compile(r"(.+), (the|a|an|die|der|das|los|las|les)", re.IGNORECASE)
# Most credits name one artist: without any of these there is nothing to take apart.
_SHARED = re.compile(r"[,;/&+\0\[]|\s(?:x|and|with|vs|feat|ft|featuring)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:;|/|\0)\s*")
_GUEST = re.compile(r"\s+(?:feat\.?|ft\.?|featuring)\s(?:(?!\s-\s)[^(\[])*", re.IGNORECASE)
# What a release says of itself at the end of a title, though the recording is the same.
_RELEASE = re.compile(
    r"\s*(?:[(\[]\s*(?P<note>[^()\[\]]*)[)\]]|\s-\s+(?P<tail>[^-()\[\]]*))\s*$",
)
_SAME_RECORDING = re.compile(
    r"(?:explicit|clean|bonus(?: track)?|(?:original|main|lp|album|single|mono|stereo|full|radio) "
    r"(?:version|mix|edit)|version|official .*|(?:19|20)\d\d version"
    r"|(?:\d{4} )?(?:digital(?:ly)? )?re-?master(?:ed|izado)?.*|(?:19|20)\d\d (?:mix|edition))",
    re.IGNORECASE,
)
_PART = re.compile(r"\bpt\b\.?", re.IGNORECASE)


def artist_keys(name: str) -> frozenset[str]:
    """The names that one artist tag or credit may stand for, folded and without spaces."""
    straight = name if name.isascii() and "`" not in name else name.translate(_APOSTROPHES)
    if not _SHARED.search(straight):
        return frozenset([_closed(artist_key(straight))])
    if inverted := _INVERTED.fullmatch(straight):
        straight = f"{inverted[2]} {inverted[1]}"
    names = {straight, lead(straight), first_named(lead(straight)), *_SEPARATOR.split(straight)}
    keys = {artist_key(part) for part in names if part} | credited(straight)
    return frozenset(map(_closed, keys))


def song_key(title: str) -> str:
    """What the releases of one recording have in common; a live one or a remix is another."""
    plain = _GUEST.sub("", title.translate(_APOSTROPHES)) or title
    while (found := _RELEASE.search(plain)) and found.start():
        if not _SAME_RECORDING.fullmatch((found["note"] or found["tail"] or "").strip()):
            break
        plain = plain[: found.start()]
    return _closed(fold(_PART.sub("part", title_key(plain))))


@dataclass(frozen=True)
class Matches:
    """tracks: for each place that is among the songs, the track's id and the song's uri.

    known: how many songs are tracks of the catalogue, a track that is there twice counted twice.
    """

    tracks: dict[int, tuple[str, str]]
    known: int


def match(songs: Iterable[Song], catalog: Catalog) -> Matches:
    """Of two songs that are one track the first is played, of two tracks that are one song the
    first is taken.
    """
    by_title: dict[str, list[tuple[frozenset[str], Song]]] = {}
    named: set[str] = set()
    for song in songs:
        keys = frozenset().union(*map(artist_keys, song.artists))
        by_title.setdefault(song_key(song.title), []).append((keys, song))
        named |= keys
    # A catalogue credits few artists with many tracks.
    wanted: dict[str, frozenset[str]] = {}
    taken: set[str] = set()
    tracks: dict[int, tuple[str, str]] = {}
    for place, identity, title, credit in catalog.spellings():
        if credit not in wanted:
            wanted[credit] = artist_keys(credit) & named
        if not wanted[credit]:
            continue
        for artists, song in by_title.get(song_key(title), ()):
            if song.uri not in taken and not artists.isdisjoint(wanted[credit]):
                taken.add(song.uri)
                tracks.setdefault(place, (identity, song.uri))
    return Matches(tracks, len(taken))


def _closed(key: str) -> str:
    """`AC/DC` and `ACDC`, `Blink-182` and `blink 182` are one."""
    return key.replace(" ", "")
