"""The profile's file: played tracks and feedback. A committed write survives a power cut."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from itertools import starmap
from pathlib import Path

from catalog.names import artist_key
from edge.music.profile.database import (
    BUSY_TIMEOUT,
    MAX_REASON_LENGTH,
    connect,
    has_table,
    transaction,
)
from edge.music.profile.schema import VALID_FEEDBACK
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError
from moodpi.paths import state_folder
from moodpi.sqlite import time_limit
from moodpi.text import clean_text

# The name of version 0.1.0, kept because existing profiles must still be found.
FILE = "listener.sqlite"
# The number of played tracks that are stored. The recommender needs far fewer.
MAX_PLAYED = 50_000
# The number of likes, skips and bans that are stored. A taste is learned from all of them.
MAX_FEEDBACK = 10_000
# The longest list of tracks, recommend.count of the configuration.
MAX_LIST_LENGTH = 1000
# The longest time to read or write, in seconds.
ACCESS_TIMEOUT = 2.0


def profile_file() -> Path:
    """The profile of the user who runs moodpi, in the state folder."""
    return state_folder() / FILE


class Verdict(StrEnum):
    """The kinds of feedback on a track or an artist."""

    LIKE = "like"
    SKIP = "skip"
    BAN = "ban"


@dataclass(frozen=True)
class Feedback:
    """The latest feedback on one track or artist.

    The fields are the columns of edge/music/profile/schema.py.
    """

    subject: str
    key: str
    label: str
    verdict: Verdict
    time: float
    artist: str
    genre: str | None = None
    decade: int | None = None
    popularity: int | None = None
    valence: float | None = None
    arousal: float | None = None

    def to_json(self) -> dict[str, str]:
        """The fields of `moodpi like --json`."""
        return {"subject": self.subject, "name": self.label, "verdict": self.verdict}


_COLUMNS = [column.name for column in fields(Feedback)]


class ProfileStore:
    """An open profile. A context manager.

    Every method raises MoodpiError (code `profile_unusable`) if the file cannot be used.
    """

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    @classmethod
    def open(cls, path: Path, busy_timeout: float = BUSY_TIMEOUT) -> ProfileStore:
        """Open the file, or create it. A damaged file is quarantined and logged.

        busy_timeout: How long a write waits for another process, in seconds.

        Raises MoodpiError if the folder or the file cannot be used.
        """
        with error_boundary(f"the profile {path}"):
            try:
                return cls(path, connect(path, busy_timeout))
            except (OSError, sqlite3.Error) as error:
                reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
                raise _unusable(path, reason) from error

    def __enter__(self) -> ProfileStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add_played(self, ids: Sequence[str], emotion: str) -> None:
        """Add played tracks. They are on the disk when this returns."""
        now = time.time()
        with self._writing() as database:
            (newest,) = database.execute("SELECT coalesce(max(entry), 0) FROM played").fetchone()
            database.executemany(
                "INSERT INTO played (list, id, time, emotion) VALUES (?, ?, ?, ?)",
                [(newest + 1, track_id, now, emotion) for track_id in ids],
            )
            database.execute("DELETE FROM played WHERE entry <= ?", (newest - MAX_PLAYED,))

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        """For each played track, the number of its last entry.

        Later entries have higher numbers.
        """
        with self._using():
            rows = self._database.execute(
                "SELECT played.id, max(entry) FROM json_each(?) AS requested CROSS JOIN played "
                "ON played.id = requested.value GROUP BY played.id",
                (json.dumps([*ids]),),
            )
            return dict(rows.fetchall())

    def set_last_list(self, ids: Sequence[str]) -> None:
        """Replace the last list, in playing order."""
        with self._writing() as database:
            database.execute("DELETE FROM listed")
            database.executemany("INSERT INTO listed (id) VALUES (?)", [(one,) for one in ids])

    def last_list(self) -> list[str]:
        """The ids of the last list, in playing order. Empty before the first."""
        with self._using():
            if has_table(self._database, "listed"):
                rows = self._database.execute(
                    "SELECT id FROM listed ORDER BY position LIMIT ?", (MAX_LIST_LENGTH,)
                ).fetchall()
                if rows:
                    return [track_id for (track_id,) in rows]
            # moodpi 0.1.0 added each list to the history as a whole.
            rows = self._database.execute(
                "SELECT id FROM played WHERE list = (SELECT list FROM played "
                "ORDER BY entry DESC LIMIT 1) ORDER BY entry LIMIT ?",
                (MAX_LIST_LENGTH,),
            ).fetchall()
        return [track_id for (track_id,) in rows]

    def played_count(self) -> int:
        """The number of played tracks."""
        with self._using():
            return int(self._database.execute("SELECT count(*) FROM played").fetchone()[0])

    def add_feedback(self, feedback: Iterable[Feedback]) -> None:
        """Store feedback. It replaces earlier feedback on the same track or artist.

        A skip does not replace a ban. Only a like does. If there is more than MAX_FEEDBACK, the
        oldest likes and skips are deleted, then the oldest bans.
        """
        values = ", ".join(f":{column}" for column in _COLUMNS)
        with self._writing() as database:
            database.executemany(
                f"INSERT OR REPLACE INTO feedback ({', '.join(_COLUMNS)}) "  # noqa: S608
                f"SELECT {values} WHERE NOT (:verdict = 'skip' AND EXISTS (SELECT 1 FROM feedback "
                "WHERE subject = :subject AND key = :key AND verdict = 'ban'))",
                [asdict(item) for item in feedback],
            )
            database.execute(
                "DELETE FROM feedback WHERE entry IN (SELECT entry FROM feedback "
                "ORDER BY verdict = 'ban' DESC, entry DESC LIMIT -1 OFFSET ?)",
                (MAX_FEEDBACK,),
            )

    def feedback(self, verdict: Verdict | None = None) -> list[Feedback]:
        """All feedback, or that of one kind, the oldest first."""
        with self._using():
            rows = self._database.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM feedback "  # noqa: S608
                f"WHERE {VALID_FEEDBACK} ORDER BY entry"
            ).fetchall()
        latest: dict[tuple[str, str], Feedback] = {}
        for item in map(_with_current_key, starmap(Feedback, rows)):
            before = latest.pop((item.subject, item.key), item)
            is_replaced = before.verdict is not Verdict.BAN or item.verdict is not Verdict.SKIP
            latest[item.subject, item.key] = item if is_replaced else before
        return [item for item in latest.values() if verdict in (None, item.verdict)]

    def feedback_version(self) -> tuple[int, int]:
        """A value that changes with the feedback, also when another process changes it."""
        with self._using():
            row = self._database.execute("SELECT max(entry), count(*) FROM feedback").fetchone()
        return (row[0] or 0, row[1])

    def remove_likes(self, ids: Iterable[str]) -> None:
        """Delete the likes of these tracks."""
        with self._writing() as database:
            database.executemany(
                "DELETE FROM feedback WHERE subject = 'track' AND verdict = 'like' AND key = ?",
                [(track_id,) for track_id in ids],
            )

    def starred(self, account: str) -> dict[str, str]:
        """The tracks that were both starred by this account and liked here, as last stored.

        Returns the URI of the starred song by track id.
        """
        with self._using():
            if not has_table(self._database, "starred_songs"):
                return {}
            rows = self._database.execute(
                "SELECT id, uri FROM starred_songs WHERE account = ?", (account,)
            )
            return dict(rows.fetchall())

    def set_starred(self, account: str, uris: Mapping[str, str]) -> None:
        """Replace the starred tracks, also those of another account. uris: as in `starred`."""
        with self._writing() as database:
            database.execute("DELETE FROM starred_songs")
            database.executemany(
                "INSERT INTO starred_songs (id, account, uri) VALUES (?, ?, ?)",
                [(track_id, account, uri) for track_id, uri in uris.items()],
            )

    def clear_feedback(self) -> None:
        """Delete every like, skip and ban, and thereby the learned taste."""
        with self._writing() as database:
            database.execute("DELETE FROM feedback")
            database.execute("DELETE FROM starred_songs")

    def clear_played(self) -> None:
        """Delete the history and the last list."""
        with self._writing() as database:
            database.execute("DELETE FROM played")
            database.execute("DELETE FROM listed")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._using(), transaction(self._database):
            yield self._database

    @contextmanager
    def _using(self) -> Iterator[None]:
        try:
            with time_limit(self._database, ACCESS_TIMEOUT):
                yield
        except (sqlite3.Error, ValueError, TypeError, ArithmeticError) as error:
            raise _unusable(self.path, str(error)) from error


def _with_current_key(item: Feedback) -> Feedback:
    """The feedback with the key that catalog.names makes of an artist's name today."""
    item = replace(item, verdict=Verdict(item.verdict))
    if item.subject != "artist":
        return item
    key = artist_key(item.label)
    return replace(item, key=key, artist=key)


def _unusable(path: Path, reason: str) -> MoodpiError:
    shown = clean_text(reason, MAX_REASON_LENGTH)
    return MoodpiError(f"cannot use the profile {path}: {shown}", code="profile_unusable")
