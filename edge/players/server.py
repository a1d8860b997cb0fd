"""What moodpi asks of a music server, and what a server's queue looks like."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge.music.library import Song

# The uri that a server with Spotify's scheme plays a track by.
SPOTIFY = "spotify:track:"


class Sound(StrEnum):
    """What a server is doing."""

    PLAY = "play"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True)
class Entry:
    """A place in a queue. id: the server's, for as long as the server and the queue live."""

    id: str
    uri: str


@dataclass(frozen=True)
class Queue:
    """A server's queue at one moment.

    current: the id of the entry that plays, is paused or was stopped; None at the end of the queue
    and before its beginning. error: what the server says went wrong, if it did.
    """

    entries: tuple[Entry, ...]
    current: str | None
    sound: Sound
    error: str = ""

    @property
    def entry(self) -> Entry | None:
        """The current one."""
        return next((entry for entry in self.entries if entry.id == self.current), None)

    @property
    def following(self) -> tuple[Entry, ...]:
        """Those after the current one; all where there is none."""
        ids = [entry.id for entry in self.entries]
        return self.entries[ids.index(self.current) + 1 :] if self.entry else self.entries  # type: ignore[arg-type]

    @property
    def fails(self) -> bool:
        """Whether it would play and cannot, as without its sound card; MPD pauses then."""
        return self.sound is Sound.PAUSE and self.entry is not None and bool(self.error)

    @property
    def ended(self) -> bool:
        """Whether all of it was played, as against stopped or cleared."""
        return self.sound is Sound.STOP and self.current is None and bool(self.entries)


class Server(ABC):
    """Spoken to by one thread. Every method raises MoodpiError where the server fails.

    name: for messages and for telling its library from another's. recheck: how long its `version`
    may be believed, in seconds.
    """

    name: str
    recheck: float

    @abstractmethod
    def connect(self) -> None:
        """Begin to talk."""

    @abstractmethod
    def close(self) -> None:
        """Talk no more; never raises."""

    @abstractmethod
    def takes_spotify(self) -> bool:
        """Whether it plays `spotify:track:` and thereby everything."""

    @abstractmethod
    def version(self) -> str:
        """Of its songs: another one once they have changed; empty where it does not say."""

    @abstractmethod
    def songs(self, known: Sequence[Song]) -> Iterable[Song]:
        """All its songs that have a title and an artist. known: what it gave last time."""

    @abstractmethod
    def look(self) -> Queue:
        """Its queue now."""

    @abstractmethod
    def append(self, uris: Sequence[str]) -> list[Entry]:
        """Put these at the end of the queue; those that it does not have are left out."""

    @abstractmethod
    def remove(self, entries: Sequence[Entry]) -> None:
        """Take these out of the queue; what plays goes on if it is not among them."""

    @abstractmethod
    def start(self, entry: Entry) -> None:
        """Play this entry now."""

    @abstractmethod
    def pause(self, *, paused: bool) -> None:
        """Pause, or go on."""

    @abstractmethod
    def save(self, name: str) -> None:
        """Keep the queue as a playlist of that name."""

    @abstractmethod
    def prepare(self, crossfade: float) -> Mapping[str, str]:
        """Play in order, once, with a cross-fade of so many seconds; how it was set before."""

    @abstractmethod
    def restore(self, before: Mapping[str, str]) -> None:
        """Undo `prepare`, but for what somebody has set meanwhile."""
