"""A music server in memory. Tests change its queue as other programs do."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from edge.music.library import Song
from edge.players.music_server import MusicServer, Queue, QueueEntry, ServerPlayback


class FakeMusicServer(MusicServer):
    """Has every track, by its Spotify URI.

    Attributes:
        error: Raised by `connect`, to simulate a server that fails.
        connections: The times of the calls of `connect`, in seconds.
        playlists: The URIs of the saved playlists, by name.
        options: The current options.
        rejects_all: Whether `append` rejects every URI.
    """

    name = "fake"
    library_check_interval = 0.0

    def __init__(self, *, spotify: bool = True) -> None:
        self.error: Exception | None = None
        self.connections: list[float] = []
        self.playlists: dict[str, list[str]] = {}
        self.options = {"random": "1"}
        self.rejects_all = False
        self._spotify = spotify
        self._queue = Queue((), None, ServerPlayback.STOPPED)
        self._next_id = 0

    @property
    def uris(self) -> list[str]:
        return [entry.uri for entry in self._queue.entries]

    @property
    def playback(self) -> ServerPlayback:
        return self._queue.playback

    @property
    def current_uri(self) -> str | None:
        return self._queue.current.uri if self._queue.current else None

    def change_queue(self, **changes: Any) -> None:
        """Change fields of the queue, as another program or an error does."""
        self._queue = replace(self._queue, **changes)

    def connect(self) -> None:
        self.connections.append(time.monotonic())
        if self.error:
            raise self.error

    def close(self) -> None:
        """Do nothing."""

    def plays_spotify(self) -> bool:
        return self._spotify

    def library_version(self) -> str:
        return "1"

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        return []

    def read_queue(self) -> Queue:
        return self._queue

    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        if self.rejects_all:
            return []
        added = []
        for uri in uris:
            self._next_id += 1
            added.append(QueueEntry(str(self._next_id), uri))
        self.change_queue(entries=(*self._queue.entries, *added))
        return added

    def remove(self, entries: Sequence[QueueEntry]) -> None:
        left = tuple(entry for entry in self._queue.entries if entry not in entries)
        self.change_queue(entries=left)
        if self._queue.current is None:
            self.change_queue(current_id=None, playback=ServerPlayback.STOPPED)

    def play(self, entry: QueueEntry) -> None:
        self.change_queue(
            current_id=entry.id, playback=ServerPlayback.PLAYING, error="", elapsed=0.1
        )

    def set_paused(self, *, paused: bool) -> None:
        self.change_queue(playback=ServerPlayback.PAUSED if paused else ServerPlayback.PLAYING)

    def save_playlist(self, name: str) -> None:
        self.playlists[name] = self.uris

    def set_options(self, crossfade: float) -> Mapping[str, str]:  # noqa: ARG002
        previous, self.options = self.options, {"random": "0"}
        return previous

    def restore_options(self, previous: Mapping[str, str]) -> None:
        self.options = dict(previous)
