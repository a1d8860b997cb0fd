"""The interface of a music server, and its queue."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from edge.music.library import Song
from moodpi.errors import MoodpiError
from moodpi.text import clean_text

# A server that supports Spotify plays a track by this prefix and its id.
SPOTIFY_PREFIX = "spotify:track:"
# Characters of a server's text in a message.
MAX_ERROR_LENGTH = 200
# The most songs, folders or queue entries that a server may list, and the bytes of their texts in
# memory. A song has about 400 bytes, and 700 if its names are not Latin.
MAX_LISTED_ENTRIES = 200_000
MAX_LISTED_BYTES = 80_000_000
# The longest time from a listing, or a reading of stars, that fails to the next one, in seconds.
RETRY_INTERVAL = 30.0


class ListingBudget:
    """Limits the memory that a server's listing takes. server: its name in messages."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._entries, self._bytes = MAX_LISTED_ENTRIES, MAX_LISTED_BYTES

    def spend(self, *texts: str) -> tuple[str, ...]:
        """Count an entry with these texts, and return them. Raises MoodpiError at the limit."""
        self._entries -= 1
        self._bytes -= sum(map(sys.getsizeof, texts))
        if self._entries < 0 or self._bytes < 0:
            raise MoodpiError(
                f"{self._server} lists more than {MAX_LISTED_ENTRIES:,} entries or "
                f"{MAX_LISTED_BYTES // 10**6} MB: reduce its library or its queue",
                code="listing_too_long",
            )
        return texts


@contextmanager
def valid_answer(server: str) -> Iterator[None]:
    """Translate the errors that the content of an answer causes. server: its name in messages."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        reason = clean_text(str(error), MAX_ERROR_LENGTH)
        raise MoodpiError(
            f"{server} sends an invalid answer: {reason}", code="invalid_answer"
        ) from error


class ServerPlayback(StrEnum):
    """The playback state of a server, with the values of the MPD protocol."""

    PLAYING = "play"
    PAUSED = "pause"
    STOPPED = "stop"


@dataclass(frozen=True)
class QueueEntry:
    """An entry of a queue. id: assigned by the server, unique until the queue is replaced."""

    id: str
    uri: str


@dataclass(frozen=True)
class Queue:
    """A snapshot of a server's queue.

    Attributes:
        entries: All entries, in playing order.
        current_id: The entry that plays, is paused or was stopped. None before the first entry
            and after the last one.
        playback: The playback state.
        error: The error that the server reports, empty without one.
        elapsed: The position in the current entry, in seconds.
    """

    entries: tuple[QueueEntry, ...]
    current_id: str | None
    playback: ServerPlayback
    error: str = ""
    elapsed: float = 0.0

    @property
    def current(self) -> QueueEntry | None:
        """The current entry."""
        return next((entry for entry in self.entries if entry.id == self.current_id), None)

    @property
    def upcoming(self) -> tuple[QueueEntry, ...]:
        """The entries after the current one. All entries without a current one."""
        ids = [entry.id for entry in self.entries]
        return self.entries[ids.index(self.current_id) + 1 :] if self.current else self.entries  # type: ignore[arg-type]

    @property
    def has_failed(self) -> bool:
        """Whether playing failed, for example without a sound card. MPD pauses in that case."""
        return (
            self.playback is ServerPlayback.PAUSED and self.current is not None and bool(self.error)
        )

    @property
    def is_finished(self) -> bool:
        """Whether all entries were played. False for a stopped or cleared queue."""
        return (
            self.playback is ServerPlayback.STOPPED
            and self.current_id is None
            and bool(self.entries)
        )


class MusicServer(ABC):
    """A connection to a music server, used by the player's thread.

    `account`, `starred` and `star` are called from a thread of their own. Every method except
    `close` raises MoodpiError when the server fails.

    Attributes:
        name: The name in messages. It also identifies the server's library.
        library_check_interval: How often `library_version` is read, in seconds.
        lists_separately: Whether the songs are listed without the connection that plays the music.
            `library_version` and `list_songs` are then called from a thread of their own, too.
    """

    name: str
    library_check_interval: float
    lists_separately = False

    @abstractmethod
    def connect(self) -> None:
        """Open the connection."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection. Never raises."""

    @abstractmethod
    def plays_spotify(self) -> bool:
        """Whether it plays `spotify:track:` URIs, and therefore every track."""

    @abstractmethod
    def library_version(self) -> str:
        """A text that changes with the songs of the library. Empty if the server has none."""

    @abstractmethod
    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:
        """All songs with a title and an artist. previous: the songs of the last listing."""

    def paths(self, uri: str) -> Sequence[str]:
        """The paths that the file of a song can have on this machine. Called by any thread."""
        return (uri,)

    @abstractmethod
    def read_queue(self) -> Queue:
        """The current queue."""

    @abstractmethod
    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        """Append to the queue. Returns the new entries, without URIs that the server rejects."""

    @abstractmethod
    def remove(self, entries: Sequence[QueueEntry]) -> None:
        """Remove entries from the queue. Another current entry continues to play."""

    @abstractmethod
    def play(self, entry: QueueEntry) -> None:
        """Play this entry from its beginning."""

    @abstractmethod
    def set_paused(self, *, paused: bool) -> None:
        """Pause or resume."""

    def account(self) -> str:
        """The server and the user whose stars are read; empty if the server has no stars."""
        return ""

    def starred(self) -> Mapping[str, float]:
        """When each starred song was starred, by URI, in seconds since 1970."""
        return {}

    def star(self, uri: str, *, starred: bool) -> None:  # noqa: B027  # most servers have no stars
        """Star a song, or remove its star."""

    def last_message(self) -> str:
        """The last line that the server's process has printed; empty if none is known."""
        return ""

    @abstractmethod
    def save_playlist(self, name: str) -> None:
        """Save the queue as a playlist."""

    @abstractmethod
    def set_options(self, crossfade: float) -> Mapping[str, str]:
        """Play in order and once, with this cross-fade in seconds. Returns the previous options."""

    @abstractmethod
    def restore_options(self, previous: Mapping[str, str]) -> None:
        """Restore the options that `set_options` has returned, except those changed since."""
