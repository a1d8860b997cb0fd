"""The history of played tracks. An error of its file never stops the music."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from catalog.store import Catalog
from edge.music.profile.locks import selection_lock
from edge.music.profile.starred_likes import exchange_stars
from edge.music.profile.store import ProfileStore
from edge.music.profile.taste import Taste
from edge.music.stars import Stars
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How many lists are held in memory while the file cannot be written. The oldest are dropped.
MAX_PENDING = 1000
# How many tracks of a run are not repeated although they were not heard. The oldest are dropped.
MAX_LISTED = 10_000
# How long a file that could not be opened is not tried again, in seconds.
RETRY_DELAY = 5.0
T = TypeVar("T")


class History(ABC):
    """The played tracks and the taste of a listener. Its methods raise no errors."""

    @abstractmethod
    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        """A number for each of these tracks that was played; a later one is higher.

        A list of this run counts as played, heard or not, so that the next one differs.
        """

    @abstractmethod
    def set_last_list(self, ids: Sequence[str]) -> None:
        """Remember the tracks that were selected together, in playing order."""

    @abstractmethod
    def add(self, ids: Sequence[str], emotion: str) -> None:
        """Add tracks that were heard, with the listener's emotion."""

    @abstractmethod
    def taste(self) -> Taste:
        """The listener's taste, from all feedback so far."""

    def exchange_stars(self, stars: Stars, catalog: Catalog) -> Mapping[str, bool]:  # noqa: ARG002
        """Take the stars of a music server as likes (edge.music.profile.starred_likes).

        Returns whether a track is to have a star, by id, for the tracks whose stars are to change.
        """
        return {}

    def lock(self) -> AbstractContextManager[None]:
        """A lock that is held while tracks are selected and added, across processes."""
        return nullcontext()


class NoHistory(History):
    """A constant taste without a history."""

    def __init__(self, taste: Taste) -> None:
        self._taste = taste

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:  # noqa: ARG002
        return {}

    def set_last_list(self, ids: Sequence[str]) -> None:
        """Do nothing."""

    def add(self, ids: Sequence[str], emotion: str) -> None:
        """Do nothing."""

    def taste(self) -> Taste:
        return self._taste


class FileHistory(History):
    """The history in a profile's file. A context manager.

    Each error of the file is logged once, until a write succeeds. Lists that cannot be written are
    pending and count as played. If the file cannot be read, no other track counts as played.
    """

    def __init__(self, path: Path, retry_delay: float = RETRY_DELAY) -> None:
        self._path = path
        self._retry_delay = retry_delay
        self._store: ProfileStore | None = None
        self._pending: deque[tuple[Sequence[str], str]] = deque(maxlen=MAX_PENDING)
        # The last list, if it is not written yet, and the tracks of all lists of this run by their
        # number.
        self._unwritten_list: Sequence[str] | None = None
        self._listed: dict[str, int] = {}
        self._listed_count = 0
        # The errors that were logged since the last successful write.
        self._logged_errors: set[str] = set()
        self._next_attempt = 0.0
        self._taste = Taste()
        self._taste_version = (0, 0)
        # The stars and the feedback that were exchanged last, and the result.
        self._exchanged: tuple[Stars, tuple[int, int]] | None = None
        self._wanted_stars: Mapping[str, bool] = {}

    def __enter__(self) -> FileHistory:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pending or self._unwritten_list is not None:
            self._attempt(self._write_pending)
        self._close()

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        requested = list(ids)
        played = self._attempt(lambda store: store.last_played(requested)) or {}
        latest = max(played.values(), default=0)
        for order, (pending, _) in enumerate(self._pending, start=1):
            played |= {track_id: latest + order for track_id in requested if track_id in pending}
        latest = max(played.values(), default=0)
        return played | {
            track_id: latest + self._listed[track_id]
            for track_id in requested
            if track_id in self._listed
        }

    def set_last_list(self, ids: Sequence[str]) -> None:
        for track_id in ids:
            self._listed.pop(track_id, None)  # a dict keeps the order of insertion
            self._listed_count += 1
            self._listed[track_id] = self._listed_count
        while len(self._listed) > MAX_LISTED:
            del self._listed[next(iter(self._listed))]
        self._unwritten_list = ids
        self._attempt(self._write_pending)

    def add(self, ids: Sequence[str], emotion: str) -> None:
        self._pending.append((ids, emotion))
        self._attempt(self._write_pending)

    def taste(self) -> Taste:
        self._attempt(self._refresh_taste)
        return self._taste

    def exchange_stars(self, stars: Stars, catalog: Catalog) -> Mapping[str, bool]:
        self._attempt(lambda store: self._exchange_stars(store, stars, catalog))
        return self._wanted_stars

    def lock(self) -> AbstractContextManager[None]:
        return selection_lock(self._path.parent)

    def _write_pending(self, store: ProfileStore) -> None:
        while self._pending:
            store.add_played(*self._pending[0])
            self._pending.popleft()
        if self._unwritten_list is not None:
            store.set_last_list(self._unwritten_list)
            self._unwritten_list = None
        self._logged_errors.clear()

    def _refresh_taste(self, store: ProfileStore) -> None:
        version = store.feedback_version()
        if version != self._taste_version:
            self._taste, self._taste_version = Taste(store.feedback()), version

    def _exchange_stars(self, store: ProfileStore, stars: Stars, catalog: Catalog) -> None:
        """Exchange them unless nothing has changed since the last time, which can have failed."""
        state = (stars, store.feedback_version())
        if state != self._exchanged:
            self._exchanged = state
            self._wanted_stars = exchange_stars(store, catalog, stars)

    def _attempt(self, action: Callable[[ProfileStore], T]) -> T | None:
        if self._store is None and time.monotonic() < self._next_attempt:
            return None
        try:
            if self._store is None:
                self._store = ProfileStore.open(self._path)
            with error_boundary("the history"):
                return action(self._store)
        except MoodpiError as error:
            if self._store is None:
                self._next_attempt = time.monotonic() + self._retry_delay
            # Opening it again quarantines a file that was damaged in the meantime.
            self._close()
            if str(error) not in self._logged_errors:
                log.warning("continuing without the history: %s", error)
            self._logged_errors.add(str(error))
            return None

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def read_taste(path: Path) -> Taste:
    """The taste in a profile's file, which is not created if it is missing.

    If the file cannot be read, log a warning and return a neutral taste.
    """
    try:
        path.stat()
        with ProfileStore.open(path) as store:
            return Taste(store.feedback())
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, MoodpiError) as error:
        log.warning("continuing without likes, skips and bans: %s", error)
    return Taste()
