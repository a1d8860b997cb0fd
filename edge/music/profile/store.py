"""The listener's file: what was played, and likes, skips and bans; survives a power cut."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path

from edge.music.profile.opening import connect, transaction
from moodpi.errors import MoodpiError

# The oldest entries beyond these go: more than a catalogue's neighbourhoods ever need.
PLAYED_KEPT = 50_000


class Verdict(StrEnum):
    """What a listener says of a track or an artist."""

    LIKE = "like"
    SKIP = "skip"
    BAN = "ban"


@dataclass(frozen=True)
class Feedback:
    """The latest word on one track or artist; the fields are the columns of schema.py."""

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


class ListenerStore:
    """The file, open. Every method raises MoodpiError where the file cannot be used."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    @classmethod
    def open(cls, path: Path) -> ListenerStore:
        """Open the file, made if it is not there; a damaged one is set aside and one line logged.

        Raises MoodpiError where the folder or the file cannot be used.
        """
        try:
            return cls(path, connect(path))
        except (OSError, sqlite3.Error) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise MoodpiError(f"cannot use the listener's file {path}: {why}") from error

    def __enter__(self) -> ListenerStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def remember(self, ids: Sequence[str], emotion: str) -> None:
        """Add one list of tracks to what was played; on the disk when this returns."""
        now = time.time()
        with self._writing() as database:
            (newest,) = database.execute("SELECT coalesce(max(entry), 0) FROM played").fetchone()
            database.executemany(
                "INSERT INTO played (list, id, time, emotion) VALUES (?, ?, ?, ?)",
                [(newest + 1, identity, now, emotion) for identity in ids],
            )
            database.execute("DELETE FROM played WHERE entry <= ?", (newest - PLAYED_KEPT,))

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:
        """For each of these tracks that was played, a number that is higher the later it was."""
        with self._using():
            rows = self._database.execute(
                "SELECT played.id, max(entry) FROM json_each(?) AS asked CROSS JOIN played "
                "ON played.id = asked.value GROUP BY played.id",
                (json.dumps([*ids]),),
            )
            return dict(rows.fetchall())

    def last_list(self) -> list[str]:
        """The ids of the list given last, in its order; empty where none was."""
        with self._using():
            rows = self._database.execute(
                "SELECT id FROM played WHERE list = (SELECT list FROM played "
                "ORDER BY entry DESC LIMIT 1) ORDER BY entry"
            ).fetchall()
        return [identity for (identity,) in rows]

    def played_count(self) -> int:
        """How many entries the history has."""
        with self._using():
            return int(self._database.execute("SELECT count(*) FROM played").fetchone()[0])

    def judge(self, feedback: Iterable[Feedback]) -> None:
        """Note these words, each in place of an earlier one on the same track or artist.

        A skip leaves a ban as it is: only a like takes one back.
        """
        values = ", ".join(f":{column}" for column in _COLUMNS)
        with self._writing() as database:
            database.executemany(
                f"INSERT OR REPLACE INTO feedback ({', '.join(_COLUMNS)}) "  # noqa: S608
                f"SELECT {values} WHERE NOT (:verdict = 'skip' AND EXISTS (SELECT 1 FROM feedback "
                "WHERE subject = :subject AND key = :key AND verdict = 'ban'))",
                [asdict(word) for word in feedback],
            )

    def feedback(self) -> list[Feedback]:
        """Every latest word, the oldest first."""
        with self._using():
            rows = self._database.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM feedback ORDER BY entry"  # noqa: S608
            ).fetchall()
            words = [Feedback(*row) for row in rows]
            return [replace(word, verdict=Verdict(word.verdict)) for word in words]

    def feedback_version(self) -> tuple[int, int]:
        """Another value whenever the feedback has changed, whoever changed it."""
        with self._using():
            row = self._database.execute("SELECT max(entry), count(*) FROM feedback").fetchone()
        return (row[0] or 0, row[1])

    def forget_feedback(self) -> None:
        """Delete every like, skip and ban, and with them what was learned."""
        with self._writing() as database:
            database.execute("DELETE FROM feedback")

    def forget_played(self) -> None:
        """Delete the history."""
        with self._writing() as database:
            database.execute("DELETE FROM played")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._using(), transaction(self._database):
            yield self._database

    @contextmanager
    def _using(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise MoodpiError(f"cannot use the listener's file {self.path}: {error}") from error
