"""The songs of a player, matched to tracks of the catalogue and saved in the state folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from catalog.store import Catalog
from edge.music.library.matching import match_songs
from edge.music.library.song import Song
from moodpi.errors import MoodpiError
from moodpi.files import quarantine, write_atomic
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

FILE = "library.json"
# 1 was moodpi 0.1.0's. A file of another format is ignored and replaced.
FORMAT = 2
SONGS_PER_PART = 1000


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
    """The songs of a player and their tracks. Used by one thread, except for `playable`.

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
        try:
            saved = json.loads(self._path.read_bytes())
            if (saved["format"], saved["server"]) != (FORMAT, self._server):
                return
            songs = tuple(Song(u, t, tuple(a), r) for u, t, a, r in saved["songs"])
            playable = PlayableTracks(**saved["playable"])
            self.version, self.songs, self.playable = str(saved["version"]), songs, playable
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("cannot read %s: %s", self._path, error.strerror)
        except (ValueError, KeyError, TypeError) as error:
            quarantine(self._path, error)

    def update(self, version: str, songs: Iterable[Song], catalog: Catalog) -> None:
        """Replace the songs, match them to the catalogue and save them."""
        self.songs = tuple(songs)
        self.version = version
        self.match(catalog)

    def match_if_changed(self, catalog: Catalog) -> None:
        """Match the songs again if they were matched to another catalogue."""
        if self.playable is None or self.playable.catalog_sha256 != catalog.content_sha256:
            self.match(catalog)

    def match(self, catalog: Catalog) -> None:
        """Match the songs to the catalogue and save them."""
        matches = match_songs(self.songs, catalog)
        rowids = sorted(matches.tracks)
        self.playable = PlayableTracks(
            catalog_sha256=catalog.content_sha256,
            song_count=len(self.songs),
            matched_count=matches.matched_count,
            rowids=rowids,
            uris=dict(matches.tracks[rowid] for rowid in rowids),
        )
        log.info("%s: %s", self._server, self.playable)
        self._save()

    def _save(self) -> None:
        try:
            write_atomic({self._path: self._document()})
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
    return json.dumps(value, ensure_ascii=False).encode()
