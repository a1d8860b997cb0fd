"""The songs of a music server: which tracks they are, and the server's names for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from catalog.reloading import ReloadingCatalog, catalog_with_own_songs
from catalog.store import Catalog, Track
from edge.music.library import Library, PlayableTracks, Song
from edge.music.library.library import library_file
from edge.players.music_server import RETRY_INTERVAL, ListingBudget, MusicServer
from edge.players.spotify_uris import SpotifyUris
from edge.system.log_once import LogOnce
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Failures of a listing that mean that no music can be opened either.
OUTAGES = ("server_unreachable", "no_such_folder")


class ServerLibrary:
    """Lists the songs of a server and matches them with the catalogue.

    The player's thread calls `on_connect`, `update` and `update_if_due`, which raise MoodpiError if
    the server fails. Any thread may read the rest. Once its songs are known, a server that lists
    separately is asked in a thread of its own, so that a slow listing does not delay a pause, and a
    failure does not end the music.

    Attributes:
        plays_spotify: Whether the server plays every track, so that its songs do not matter.
        outage: Why the server, or its music, was away at the last listing; None if it was not.

    Args:
        server: The server.
        catalog: Path of the catalogue, or None for the default one.
        stopping: Set when the run ends, which ends a listing too.
    """

    def __init__(
        self, server: MusicServer, catalog: Path | None, stopping: threading.Event
    ) -> None:
        self.plays_spotify = False
        self.outage: MoodpiError | None = None
        self._server = server
        self._stopping = stopping
        self._library = Library(library_file(), server.name)
        self._catalog_path = catalog
        self._catalog: ReloadingCatalog | None = None
        self._catalog_changed = False
        # The URIs of the songs that only the player has, by track id.
        self._own_uris: Mapping[str, str] = {}
        self._next_check = 0.0
        self._warnings = LogOnce(log)
        # Held by the thread that lists the songs.
        self._listing = threading.Lock()
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Load the songs as they were last listed."""
        self._library.load()

    def on_connect(self) -> None:
        """Find out what the server plays now. An update is then due."""
        self.plays_spotify = self._server.plays_spotify()
        self._next_check = 0.0

    def update_if_due(self) -> None:
        """List and match the songs if it is time to, or if the catalogue has changed.

        It waits only for a server that does not list separately, and for the first songs.
        """
        is_due = self._catalog_changed or time.monotonic() >= self._next_check
        if not is_due or self.plays_spotify:
            return
        if not self._server.lists_separately or self.matched is None:
            self.update()
        elif self._thread is None or not self._thread.is_alive():
            if self._catalog is None:
                self._match()
            self._thread = threading.Thread(
                target=self._update_separately, name="library", daemon=True
            )
            self._thread.start()

    def update(self) -> None:
        """List and match the songs, and wait for them."""
        with self._listing, error_boundary(f"the songs of {self._server.name}"):
            self._match_and_list()
        self._end_update(None)

    @property
    def matched(self) -> PlayableTracks | None:
        """The tracks of the catalogue that the server has, None until they are known."""
        return self._library.playable

    @property
    def has_tracks(self) -> bool:
        """Whether the server has a track that can be selected."""
        matched = self.matched
        return self.plays_spotify or bool(self._own_uris or (matched and matched.matched_count))

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        """See Player.playable."""
        if self.plays_spotify:
            return None
        matched = self.matched
        if matched is None:
            raise MoodpiError(
                f"the songs of {self._server.name} are not known yet", code="library_pending"
            )
        if matched.catalog_sha256 != catalog.content_sha256:
            self._catalog_changed = True
            raise MoodpiError(
                f"the songs of {self._server.name} are not matched with the new catalogue yet",
                code="library_pending",
            )
        own = self._find_own_tracks(catalog)
        return [*matched.rowids, *sorted(track.rowid for track in own)]

    @property
    def uris(self) -> Mapping[str, str]:
        """The server's URIs by track id."""
        if self.plays_spotify:
            return SpotifyUris()
        matched = self.matched
        return {} if matched is None else {**self._own_uris, **matched.uris}

    def _update_separately(self) -> None:
        try:
            self.update()
        except MoodpiError as error:
            if not self._stopping.is_set():
                self._warnings.warning("the songs are those of the last listing: %s", error)
            self._end_update(error)
        else:
            self._warnings.reset()

    def _end_update(self, error: MoodpiError | None) -> None:
        self.outage = error if error is not None and error.code in OUTAGES else None
        interval = self._server.library_check_interval
        if self.outage is not None:
            interval = min(RETRY_INTERVAL, interval)
        self._next_check = time.monotonic() + interval

    def _match_and_list(self) -> None:
        # First: a new catalogue must not wait for the server.
        catalog = self._match()
        version = self._server.library_version()
        if not version or version != self._library.version:
            songs = self._until_stopped(self._server.list_songs(self._library.songs))
            self._library.update(version, songs, catalog)
            self._find_own_tracks(catalog)

    def _match(self) -> Catalog:
        """Match the songs of the last listing with the catalogue as it is now, and return that."""
        # Like the main loop, it continues with the previous catalogue if a damaged one replaces it.
        if self._catalog is None:
            self._catalog = catalog_with_own_songs(self._catalog_path)
        catalog = self._catalog.current()
        self._catalog_changed = False
        if self.matched is not None:
            self._library.match_if_changed(catalog)
        self._find_own_tracks(catalog)
        return catalog

    def _find_own_tracks(self, catalog: Catalog) -> list[Track]:
        """The analyzed songs of the server that the catalogue does not know; keep their URIs."""
        tracks, own = catalog.own_tracks(), {}
        if tracks:
            known = set(self.matched.uris.values()) if self.matched else set()
            uris = [song.uri for song in self._library.songs if song.uri not in known]
            own = {u: tracks[p] for u in uris for p in self._server.paths(u) if p in tracks}
        self._own_uris = {track.id: uri for uri, track in own.items()}
        return list(own.values())

    def _until_stopped(self, songs: Iterable[Song]) -> Iterator[Song]:
        budget = ListingBudget(self._server.name)
        for song in songs:
            budget.spend(song.uri, song.title, song.revision, *song.artists)
            if self._stopping.is_set():
                raise MoodpiError("stopped while listing songs", code="stopping")
            yield song
