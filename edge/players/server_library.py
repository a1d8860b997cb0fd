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
from edge.players.music_server import ListingBudget, MusicServer
from edge.players.spotify_uris import SpotifyUris
from edge.system.log_once import LogOnce
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# The longest time from a listing that failed to the next one, in seconds.
RETRY_INTERVAL = 30.0


class ServerLibrary:
    """Lists the songs of a server and matches them with the catalogue.

    The player's thread calls `on_connect` and `update_if_due`, which raise MoodpiError if the
    server fails. Any thread may read the rest. A server that lists separately is asked in a thread
    of its own while music plays, so that a slow listing does not delay a pause.

    Attributes:
        plays_spotify: Whether the server plays every track, so that its songs do not matter.
        outage: Why the server could not be reached at the last listing; empty if it could.

    Args:
        server: The server.
        catalog: Path of the catalogue, or None for the default one.
        stopping: Set when the run ends, which ends a listing too.
    """

    def __init__(
        self, server: MusicServer, catalog: Path | None, stopping: threading.Event
    ) -> None:
        self.plays_spotify = False
        self.outage = ""
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
        """Find out what the server plays now. It waits for the songs."""
        self.plays_spotify = self._server.plays_spotify()
        if not self.plays_spotify:
            self._update()

    def update_if_due(self) -> None:
        """List and match the songs again if it is time to, or if the catalogue has changed.

        It does not wait for a server that lists separately.
        """
        is_due = self._catalog_changed or time.monotonic() >= self._next_check
        if not is_due or self.plays_spotify:
            return
        if not self._server.lists_separately:
            self._update()
        elif self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._update, name="library", daemon=True)
            self._thread.start()

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
        own = self._own_tracks(catalog)
        self._own_uris = {track.id: uri for uri, track in own.items()}
        return [*matched.rowids, *sorted(track.rowid for track in own.values())]

    @property
    def uris(self) -> Mapping[str, str]:
        """The server's URIs by track id."""
        if self.plays_spotify:
            return SpotifyUris()
        matched = self.matched
        return {} if matched is None else {**self._own_uris, **matched.uris}

    def _update(self) -> None:
        """List and match the songs. A listing that fails separately does not end the music."""
        with self._listing:
            try:
                with error_boundary(f"the songs of {self._server.name}"):
                    self._list_and_match()
            except MoodpiError as error:
                if not self._server.lists_separately or self.matched is None:
                    raise
                self.outage = str(error) if error.code == "server_unreachable" else ""
                if not self._stopping.is_set():
                    self._warnings.warning("the songs are those of the last listing: %s", error)
                interval = min(RETRY_INTERVAL, self._server.library_check_interval)
            else:
                self.outage = ""
                self._warnings.reset()
                interval = self._server.library_check_interval
            self._next_check = time.monotonic() + interval

    def _list_and_match(self) -> None:
        # Like the main loop, it continues with the previous catalogue if a damaged one replaces it.
        if self._catalog is None:
            self._catalog = catalog_with_own_songs(self._catalog_path)
        catalog = self._catalog.current()
        self._catalog_changed = False
        try:
            self._list(catalog)
        finally:
            # Songs that cannot be listed now are matched with a new catalogue all the same.
            if self.matched is not None:
                self._library.match_if_changed(catalog)
                self._own_uris = {track.id: uri for uri, track in self._own_tracks(catalog).items()}

    def _list(self, catalog: Catalog) -> None:
        """List the songs if they have changed."""
        version = self._server.library_version()
        if not version or version != self._library.version:
            songs = self._until_stopped(self._server.list_songs(self._library.songs))
            self._library.update(version, songs, catalog)

    def _own_tracks(self, catalog: Catalog) -> dict[str, Track]:
        """The analyzed songs of the server that the catalogue does not know, by URI."""
        tracks = catalog.own_tracks()
        if not tracks:
            return {}
        known = set(self.matched.uris.values()) if self.matched else set()
        uris = [song.uri for song in self._library.songs if song.uri not in known]
        return {u: tracks[p] for u in uris for p in self._server.paths(u) if p in tracks}

    def _until_stopped(self, songs: Iterable[Song]) -> Iterator[Song]:
        budget = ListingBudget(self._server.name)
        for song in songs:
            budget.spend(song.uri, song.title, song.revision, *song.artists)
            if self._stopping.is_set():
                raise MoodpiError("stopped while listing songs", code="stopping")
            yield song
