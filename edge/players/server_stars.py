"""The stars of a music server's songs, read and changed in a thread of their own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from edge.music.stars import Stars
from edge.players.music_server import RETRY_INTERVAL, MusicServer
from edge.system.log_once import LogOnce
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How often it is examined whether a star is to change, in seconds.
POLL_INTERVAL = 0.5


class ServerStars:
    """Reads the stars of a server, and sends the changes that the main loop wants.

    Neither a failure nor a slow answer stops the music. A failure is logged once, and the stars are
    read again after RETRY_INTERVAL.

    Attributes:
        current: The stars as they are known; None before they were read.
    """

    def __init__(self, server: MusicServer) -> None:
        self.current: Stars | None = None
        self._server = server
        self._next_reading = 0.0
        # Whether a request has failed since the last reading.
        self._has_failed = False
        # The tracks whose last change has failed.
        self._failed: set[str] = set()
        self._warnings = LogOnce(log)
        self._connected = threading.Event()
        self._thread: threading.Thread | None = None

    def on_connect(
        self,
        wanted: Callable[[], Mapping[str, bool]],
        uris: Callable[[], Mapping[str, str]],
        stopping: threading.Event,
    ) -> None:
        """Read the stars, and send changes, until `on_disconnect`. It does not wait for them.

        wanted, uris: return what `update` takes. stopping: ends the exchange.
        """
        if not self._server.account():
            return
        self.read_soon()
        self._connected.set()
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._exchange, args=(wanted, uris, stopping), name="stars", daemon=True
            )
            self._thread.start()

    def on_disconnect(self) -> None:
        """Send nothing until `on_connect`."""
        self._connected.clear()

    def read_soon(self) -> None:
        """Read the stars at the next update."""
        self._next_reading = 0.0

    def _exchange(
        self,
        wanted: Callable[[], Mapping[str, bool]],
        uris: Callable[[], Mapping[str, str]],
        stopping: threading.Event,
    ) -> None:
        while not stopping.is_set():
            if not self._connected.wait(POLL_INTERVAL) or not self.update(wanted(), uris()):
                stopping.wait(POLL_INTERVAL)

    def update(self, wanted: Mapping[str, bool], uris: Mapping[str, str]) -> bool:
        """Read the stars if it is time to, and send one of the changes.

        wanted: whether a track is to have a star, by track id. uris: the URIs by track id.

        Returns whether another change is to be sent.
        """
        try:
            with error_boundary("stars"):
                if time.monotonic() >= self._next_reading:
                    self._next_reading = time.monotonic() + self._server.library_check_interval
                    self._read(uris)
                    self._has_failed = False
                return not self._has_failed and self._send_one(wanted, uris)
        except MoodpiError as error:
            self._has_failed = True
            self._next_reading = min(self._next_reading, time.monotonic() + RETRY_INTERVAL)
            self._warnings.warning("stars and likes are not exchanged: %s", error)
        return False

    def _read(self, uris: Mapping[str, str]) -> None:
        starred = self._server.starred()
        times = {track: starred[uri] for track, uri in uris.items() if uri in starred}
        self.current = Stars(self._server.account(), times, dict(uris))
        if not self._has_failed:
            self._warnings.reset()

    def _send_one(self, wanted: Mapping[str, bool], uris: Mapping[str, str]) -> bool:
        stars = self.current
        if stars is None:
            return False
        changes = [
            (track, starred)
            for track, starred in wanted.items()
            if track in uris and (track in stars.times) != starred
        ]
        # They are last: a song that the server refuses must not hold back the others.
        changes.sort(key=lambda change: change[0] in self._failed)
        for track, starred in changes[:1]:
            self._failed.add(track)
            self._server.star(uris[track], starred=starred)
            self._failed.discard(track)
            times = {id_: time_ for id_, time_ in stars.times.items() if id_ != track}
            if starred:
                times[track] = time.time()
            own = stars.own | {track} if starred else stars.own - {track}
            self.current = replace(stars, times=times, own=own)
        return len(changes) > 1
