"""The songs of a player, matched to the catalogue once and kept in the state folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from catalog.store import Catalog
from edge.music.library.matching import match
from edge.music.library.song import Song
from moodpi.errors import MoodpiError
from moodpi.files import quarantine, write_atomic
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

FILE = "library.json"
FORMAT = 1


def library_file() -> Path:
    """Where the library of the player is kept for the listener who runs this."""
    return state_folder() / FILE


@dataclass(frozen=True, eq=False)
class Playable:
    """What of one catalogue a player has.

    catalog: its content's sha256. songs: how many the player has, of which known are tracks of the
    catalogue. places: of those tracks, rising. uris: what the player calls them, by track id.
    """

    catalog: str
    songs: int
    known: int
    places: Sequence[int]
    uris: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.known:,} of {self.songs:,} songs are in the catalogue"


class Library:
    """server: whose songs they are; what the file holds of another's is not taken.

    version: what the server said when the songs were listed; it says another when they change.
    Used by one thread, but for `playable`, which is None until the songs were matched.
    """

    def __init__(self, path: Path, server: str) -> None:
        self.playable: Playable | None = None
        self.version = ""
        self.songs: tuple[Song, ...] = ()
        self._path = path
        self._server = server

    def recall(self) -> None:
        """Take what the file holds; a damaged one is set aside, and the songs are listed anew."""
        try:
            kept = json.loads(self._path.read_bytes())
            if (kept["format"], kept["server"]) != (FORMAT, self._server):
                return
            songs = tuple(Song(u, t, tuple(a), s) for u, t, a, s in kept["songs"])
            playable = Playable(**kept["playable"])
            self.version, self.songs, self.playable = str(kept["version"]), songs, playable
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("cannot read %s: %s", self._path, error.strerror)
        except (ValueError, KeyError, TypeError) as error:
            quarantine(self._path, error)

    def renew(self, version: str, songs: Iterable[Song], catalog: Catalog) -> None:
        """These are the songs now; match and keep them."""
        self.songs = tuple(songs)
        self.version = version
        self.match(catalog)

    def match_if_other(self, catalog: Catalog) -> None:
        """Find the songs anew where the catalogue is not the one they were found in."""
        if self.playable is None or self.playable.catalog != content_of(catalog):
            self.match(catalog)

    def match(self, catalog: Catalog) -> None:
        """Find the songs in this catalogue."""
        found = match(self.songs, catalog)
        places = sorted(found.tracks)
        uris = dict(found.tracks[place] for place in places)
        digest = content_of(catalog)
        self.playable = Playable(digest, len(self.songs), found.known, places, uris)
        log.info("%s: %s", self._server, self.playable)
        self._keep()

    def _keep(self) -> None:
        kept: dict[str, Any] = {
            "format": FORMAT,
            "server": self._server,
            "version": self.version,
            "songs": [astuple(song) for song in self.songs],
            "playable": asdict(self.playable) if self.playable else None,
        }
        try:
            write_atomic({self._path: json.dumps(kept, ensure_ascii=False).encode()})
        except MoodpiError as error:
            log.warning("the songs will be listed anew next time: %s", error)


def content_of(catalog: Catalog) -> str:
    """What tells one catalogue from another."""
    return str(catalog.provenance()["content_sha256"])
