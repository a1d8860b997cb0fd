"""What was played, so that it does not come again soon; trouble with it never stops the music."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from edge.music.profile.folder import turn
from edge.music.profile.store import ListenerStore
from edge.music.profile.taste import Taste
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Lists that wait for a file that cannot be written; the oldest are lost beyond these.
WAITING = 1000
# A file that could not be opened is not tried again for so long, in seconds.
PAUSE = 5.0
T = TypeVar("T")


class History(ABC):
    """What was played, and when one thing was played before another. Never fails."""

    @abstractmethod
    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        """For each of these tracks that was played, a number that is higher the later it was."""

    @abstractmethod
    def remember(self, ids: Sequence[str], emotion: str) -> None:
        """Add one list of tracks, given for an emotion."""

    @abstractmethod
    def taste(self) -> Taste:
        """What the listener likes, as far as they have said so by now."""

    def turn(self) -> AbstractContextManager[None]:
        """While it lasts no other process chooses: a list is chosen and remembered within one."""
        return nullcontext()


class TasteAlone(History):
    """No history, for a listener whose taste is known."""

    def __init__(self, taste: Taste) -> None:
        self._taste = taste

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:  # noqa: ARG002
        return {}

    def remember(self, ids: Sequence[str], emotion: str) -> None:
        """Nothing is kept."""

    def taste(self) -> Taste:
        return self._taste


class FileHistory(History):
    """A history in the listener's file; each trouble with it is one line in the log, until it ends.

    What cannot be written waits, and counts as played; what cannot be read counts as not played.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: ListenerStore | None = None
        self._waiting: deque[tuple[Sequence[str], str]] = deque(maxlen=WAITING)
        # What has been wrong since it was last written, each told once.
        self._troubles: set[str] = set()
        self._next_try = 0.0
        self._taste = Taste()
        self._taste_version = (0, 0)

    def __enter__(self) -> FileHistory:
        return self

    def __exit__(self, *_: object) -> None:
        if self._waiting:
            self._attempt(self._write_waiting)
        self._close()

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        asked = list(ids)
        played = self._attempt(lambda store: store.last_played(asked)) or {}
        latest = max(played.values(), default=0)
        for order, (waiting, _) in enumerate(self._waiting, start=1):
            played |= {identity: latest + order for identity in asked if identity in waiting}
        return played

    def remember(self, ids: Sequence[str], emotion: str) -> None:
        self._waiting.append((ids, emotion))
        self._attempt(self._write_waiting)

    def taste(self) -> Taste:
        self._attempt(self._refresh_taste)
        return self._taste

    def turn(self) -> AbstractContextManager[None]:
        return turn(self._path.parent)

    def _write_waiting(self, store: ListenerStore) -> None:
        while self._waiting:
            store.remember(*self._waiting[0])
            self._waiting.popleft()
        self._troubles.clear()

    def _refresh_taste(self, store: ListenerStore) -> None:
        version = store.feedback_version()
        if version != self._taste_version:
            self._taste, self._taste_version = Taste(store.feedback()), version

    def _attempt(self, use: Callable[[ListenerStore], T]) -> T | None:
        if self._store is None and time.monotonic() < self._next_try:
            return None
        try:
            if self._store is None:
                self._store = ListenerStore.open(self._path)
            return use(self._store)
        except MoodpiError as error:
            if self._store is None:
                self._next_try = time.monotonic() + PAUSE
            # Opened anew next time: a file that was damaged meanwhile is then set aside.
            self._close()
            if str(error) not in self._troubles:
                log.warning("going on without the listener's history: %s", error)
            self._troubles.add(str(error))
            return None

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def read_taste(path: Path) -> Taste:
    """The listener's taste; where their file cannot be read, a line in the log and nobody's taste.

    Where there is no file, none is made.
    """
    try:
        path.stat()
        with ListenerStore.open(path) as store:
            return Taste(store.feedback())
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, MoodpiError) as error:
        log.warning("going on without likes, skips and bans: %s", error)
    return Taste()
