"""The stars of a music server's songs. Read and changed in the player's thread."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from edge.music.stars import Stars
from edge.players.music_server import MusicServer
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


class ServerStars:
    """Reads the stars of a server, and sends the changes that the main loop wants.

    A failure does not stop the music: it is logged once, and tried again after the interval.

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

    def read_soon(self) -> None:
        """Read the stars at the next update."""
        self._next_reading = 0.0

    def update(self, wanted: Mapping[str, bool], uris: Mapping[str, str]) -> bool:
        """Read the stars if it is time to, or else send one of the changes.

        wanted: whether a track is to have a star, by track id. uris: the URIs by track id.

        Returns whether another change is to be sent.
        """
        if not self._server.account():
            return False
        try:
            if time.monotonic() >= self._next_reading:
                self._next_reading = time.monotonic() + self._server.library_check_interval
                self._read(uris)
                self._has_failed = False
            elif not self._has_failed:
                return self._send_one(wanted, uris)
        except MoodpiError as error:
            self._has_failed = True
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
