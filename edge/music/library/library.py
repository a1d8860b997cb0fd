"""The songs of a player, matched to tracks of the catalogue and saved in the state folder."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from catalog.store import Catalog
from edge.music.library.matching import match_songs
from edge.music.library.song import Song
from moodpi.errors import MoodpiError
from moodpi.files import read_json_state
from moodpi.paths import state_folder
from moodpi.private_files import write_private
from moodpi.text import MAX_NAME_LENGTH, checked_text, quoted

log = logging.getLogger(__name__)

FILE = "library.json"
# 1 was moodpi 0.1.0's, 2 had no songs without tags. A file of another format is ignored and
# replaced.
FORMAT = 3
SONGS_PER_PART = 1000
# A library of 200,000 songs has about 40 MB.
MAX_FILE_BYTES = 50_000_000
# The highest number of songs and of a track's row.
MAX_NUMBER = 1_000_000_000
# The longest URI: a path that Linux can open, with each byte of it escaped.
MAX_URI_LENGTH = 3 * 4096
# Characters that can end a line of a server's protocol. A file name may contain all others.
LINE_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def library_file() -> Path:
    """The file of the player's library, in the state folder."""
    return state_folder() / FILE


@dataclass(frozen=True, eq=False)
class PlayableTracks:
    """The tracks of one catalogue that a player has.

    Attributes:
        catalog_sha256: Catalog.content_sha256 of the catalogue.
        song_count: The number of songs that the player has.
        matched_count: The number of these songs that are tracks of the catalogue.
        rowids: The rowids of the tracks, ascending.
        uris: URIs by track id.
    """

    catalog_sha256: str
    song_count: int
    matched_count: int
    rowids: Sequence[int]
    uris: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.matched_count:,} of {self.song_count:,} songs are in the catalogue"


class Library:
    """The songs of a player and their tracks. Changed by one thread at a time, read by any.

    Args:
        path: The file to save the library in.
        server: The music server's name. A file saved for another server is ignored.

    Attributes:
        playable: The matched tracks; None until the songs were matched.
        version: The server's version of its songs when they were listed.
        songs: All songs of the player.
    """

    def __init__(self, path: Path, server: str) -> None:
        self.playable: PlayableTracks | None = None
        self.version = ""
        self.songs: tuple[Song, ...] = ()
        self._path = path
        self._server = server

    def load(self) -> None:
        """Load the file, if there is one. A damaged file is quarantined and logged."""
        read_json_state(self._path, MAX_FILE_BYTES, self._parse)

    def _parse(self, saved: Any) -> None:
        """Use the content of the file, after all of it was checked. Raises for any other content.

        URIs are sent to the server.
        """
        if (saved["format"], saved["server"]) != (FORMAT, self._server):
            return
        version = checked_text(saved["version"], MAX_NAME_LENGTH)
        songs = tuple(_parse_song(*song) for song in _parse_list(saved["songs"]))
        playable = _parse_playable(**saved["playable"])
        self.version, self.songs, self.playable = version, songs, playable

    def update(self, version: str, songs: Iterable[Song], catalog: Catalog) -> None:
        """Replace the songs, match them to the catalogue and save them.

        After an error they have no version, so that they are listed and matched again.
        """
        self.version = ""
        self.songs = tuple(songs)
        self._match(catalog, version)

    def match_if_changed(self, catalog: Catalog) -> None:
        """Match the songs again if they were matched to another catalogue."""
        if self.playable is None or self.playable.catalog_sha256 != catalog.content_sha256:
            self._match(catalog, self.version)

    def _match(self, catalog: Catalog, version: str) -> None:
        """Match the songs, which have this version, and save them."""
        matches = match_songs(self.songs, catalog)
        rowids = sorted(matches.tracks)
        self.playable = PlayableTracks(
            catalog_sha256=catalog.content_sha256,
            song_count=len(self.songs),
            matched_count=matches.matched_count,
            rowids=rowids,
            uris=dict(matches.tracks[rowid] for rowid in rowids),
        )
        self.version = version
        log.info("%s: %s", self._server, self.playable)
        self._save()

    def _save(self) -> None:
        try:
            write_private({self._path: self._document()})
        except MoodpiError as error:
            log.warning("moodpi will list the songs again after a restart: %s", error)

    def _document(self) -> bytes:
        """The content of the file. Songs are encoded in parts, which takes less memory."""
        fields = {
            "format": FORMAT,
            "server": self._server,
            "version": self.version,
            "playable": asdict(self.playable) if self.playable else None,
        }
        parts = (
            self.songs[n : n + SONGS_PER_PART] for n in range(0, len(self.songs), SONGS_PER_PART)
        )
        songs = b", ".join(_to_json([astuple(song) for song in part])[1:-1] for part in parts)
        return b"".join((b'{"songs": [', songs, b"], ", _to_json(fields)[1:]))


def _to_json(value: object) -> bytes:
    # With escapes, because a file name can have bytes that are no text in any encoding.
    return json.dumps(value).encode()


def is_uri(text: str) -> bool:
    """Whether a server can receive the text as a URI in one line."""
    return len(text) <= MAX_URI_LENGTH and not LINE_CONTROL.search(text)


def checked_uri(value: object) -> str:
    """The value, if it is a URI (see is_uri). Raises ValueError."""
    if not isinstance(value, str) or not is_uri(value):
        raise ValueError(f"{quoted(value)}: expected a URI of at most {MAX_URI_LENGTH} characters")
    return value


def _parse_song(
    uri: object, title: object, artists: object, revision: object, is_tagged: object
) -> Song:
    return Song(
        checked_uri(uri),
        checked_text(title, MAX_NAME_LENGTH),
        tuple(checked_text(artist, MAX_NAME_LENGTH) for artist in _parse_list(artists)),
        checked_text(revision, MAX_NAME_LENGTH),
        _parse_flag(is_tagged),
    )


def _parse_playable(
    catalog_sha256: object,
    song_count: object,
    matched_count: object,
    rowids: object,
    uris: dict[str, object],
) -> PlayableTracks:
    return PlayableTracks(
        checked_text(catalog_sha256, MAX_NAME_LENGTH),
        _parse_number(song_count),
        _parse_number(matched_count),
        _parse_rowids(rowids),
        {checked_text(i, MAX_NAME_LENGTH): checked_uri(u) for i, u in uris.items()},
    )


def _parse_rowids(values: object) -> list[int]:
    rowids = [_parse_number(value) for value in _parse_list(values)]
    if 0 in rowids[:1] or any(b <= a for a, b in itertools.pairwise(rowids)):
        raise ValueError("expected row numbers from 1, in ascending order")
    return rowids


def _parse_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{quoted(value)}: expected true or false")
    return value


def _parse_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{quoted(value)}: expected a list")
    return value


def _parse_number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise ValueError(f"{quoted(value)}: expected a number up to {MAX_NUMBER:,}")
    return value
