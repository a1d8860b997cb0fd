"""Matches songs to tracks of the catalogue, whose names can be spelled differently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.artists import credited_artists
from catalog.names import (
    artist_key,
    first_artist,
    first_joint_artist,
    fold,
    straighten,
    title_key,
)
from catalog.store import Catalog
from edge.music.library.song import Song

_INVERTED = re.compile(r"(.+), (the|a|an|die|der|das|los|las|les)", re.IGNORECASE)
# A credit without any of these names one artist.
_SEVERAL_ARTISTS = re.compile(r"[,;/&+\0\[]|\s(?:x|and|with|vs|feat|ft|featuring)\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[;/\0]")
_FEATURED = re.compile(r"\s(?:feat\.?|ft\.?|featuring)\s(?:(?!\s-\s)[^(\[])*", re.IGNORECASE)
_BRACKET = re.compile(r"[()\[\]]")
# One object for the many credits that name no artist of a library.
NO_KEYS: frozenset[str] = frozenset()
# The remarks at the end of a title that are examined.
MAX_REMARKS = 8
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
    straight = straighten(name)
    if not _SEVERAL_ARTISTS.search(straight):
        return frozenset([_without_spaces(artist_key(straight))])
    if inverted := _INVERTED.fullmatch(straight):
        straight = f"{inverted[2]} {inverted[1]}"
    first = first_artist(straight)
    names = {straight, first, first_joint_artist(first), *_SEPARATOR.split(straight)}
    keys = {artist_key(part) for part in names if part.strip()} | credited_artists(straight)
    return frozenset(map(_without_spaces, keys))


def recording_key(title: str) -> str:
    """A key equal for all releases of a recording. A live version or a remix has another key."""
    straight = straighten(title)
    plain = _FEATURED.sub("", straight).strip() or straight
    for _ in range(MAX_REMARKS):
        before, remark = _split_remark(plain)
        if not before or not _SAME_RECORDING.fullmatch(remark):
            break
        plain = before
    return _without_spaces(fold(_PART.sub("part", title_key(plain))))


def _split_remark(title: str) -> tuple[str, str]:
    """The title before the remark at its end, in brackets or after a dash, and the remark.

    Without a remark, both are empty.
    """
    title = title.rstrip()
    if title.endswith((")", "]")):
        start = max(title.rfind("("), title.rfind("["))
        before, remark = title[: max(start, 0)], title[start + 1 : -1]
    else:
        before, _, remark = title.rpartition("-")
        if not before[-1:].isspace() or not remark[:1].isspace():
            return "", ""
    if _BRACKET.search(remark):
        return "", ""
    return before.rstrip(), remark.strip()


@dataclass(frozen=True)
class Matches:
    """The tracks of a catalogue that are among the songs of a library.

    Attributes:
        tracks: For each rowid of a matched track its id and the song's URI.
        known: The rowid of the track of each matched song, by URI. Two songs can have one track.
    """

    tracks: dict[int, tuple[str, str]]
    known: dict[str, int]

    @property
    def matched_count(self) -> int:
        """The number of matched songs."""
        return len(self.known)


def match_songs(songs: Sequence[Song], catalog: Catalog) -> Matches:
    """Match each song to the first track with its artist and recording.

    If several songs match one track, the first song is used.
    """
    # The positions of the songs of each artist and recording.
    by_name: dict[tuple[str, str], list[int]] = {}
    library_artists: set[str] = set()
    for position, song in enumerate(songs):
        keys = frozenset().union(*map(artist_keys, song.artists))
        recording = recording_key(song.title)
        for key in keys:
            by_name.setdefault((key, recording), []).append(position)
        library_artists |= keys
    # A catalogue has far fewer credits than tracks.
    keys_by_credit: dict[str, frozenset[str]] = {}
    known: dict[str, int] = {}
    tracks: dict[int, tuple[str, str]] = {}
    for rowid, track_id, title, credit in catalog.titles():
        if credit not in keys_by_credit:
            keys_by_credit[credit] = artist_keys(credit) & library_artists or NO_KEYS
        track_artists = keys_by_credit[credit]
        if not track_artists:
            continue
        recording = recording_key(title)
        # Songs leave the index when they are found: each one is examined once.
        found = {at for key in track_artists for at in by_name.pop((key, recording), ())}
        uris = [uri for at in sorted(found) if (uri := songs[at].uri) not in known]
        if uris:
            known |= dict.fromkeys(uris, rowid)
            tracks[rowid] = (track_id, uris[0])
    return Matches(tracks, known)


def _without_spaces(key: str) -> str:
    """The key without spaces: `AC/DC` and `ACDC`, `Blink-182` and `blink 182` have one key."""
    return key.replace(" ", "")
