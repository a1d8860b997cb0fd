"""Where a catalogue is put together: rows on disk in a temporary SQLite, so memory stays flat."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from catalog.building.columns import FEATURES
from catalog.building.moods import MoodModel
from catalog.building.scoring import ScoringModel

Row = Sequence[Any]

TEXTS = ("id", "title", "artist", "lead", "first", "song", "album", "genre")
NUMBERS = ("year", "decade", "popularity", "hit", "explicit", "duration")
COLUMNS = (*TEXTS, *NUMBERS, *FEATURES)
EARLIEST_WINS = ("year", "decade")
LARGEST_WINS = ("popularity", "hit", "explicit")
BATCH_ROWS = 10_000


class Workspace:
    """Rows from every file, merged first by id and then by song; a context manager.

    The rule where rows disagree: the year is the earliest, the popularity the highest, a track is
    a hit or explicit if any row says so. All else, the audio features as one set, comes from the
    first row that knows it: in the order the files were given where the id is the same, and from
    the most popular where one song has several ids.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            + "".join(
                f"CREATE TABLE {table} (seq INTEGER PRIMARY KEY, {_DECLARATIONS});"
                for table in ("row", "track", "song")
            )
            + "CREATE TABLE score"
            " (seq INTEGER PRIMARY KEY, valence REAL, arousal REAL, mood INTEGER);"
        )

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, tracks: pd.DataFrame) -> None:
        """Append clean rows, in the order of `tracks`."""
        columns = [tracks[column].tolist() for column in COLUMNS]
        self._insert("row", zip(*columns, strict=True))

    def merge_ids(self) -> int:
        """Make one track of all rows with the same id; return how many rows that saved."""
        return self._merge("row", "track", by=("id",), order="seq")

    def merge_songs(self) -> int:
        """Make one track of all ids of the same song; return how many tracks that saved."""
        saved = self._merge(
            "track", "song", by=("first", "song"), order="popularity DESC, hit DESC, seq"
        )
        # `Major Lazer & DJ Snake` is Major Lazer's, who is known alone; Simon & Garfunkel stay.
        self._database.execute(
            "UPDATE song SET lead = first WHERE lead <> first"
            " AND first IN (SELECT lead FROM song WHERE lead = first)"
        )
        return saved

    def score(self, model: ScoringModel, moods: MoodModel) -> None:
        """Give every track its raw valence and arousal, and its mood."""
        features = ", ".join(_quoted(FEATURES))
        rows = self._database.execute(f"SELECT seq, {features} FROM song ORDER BY seq")  # noqa: S608
        while batch := rows.fetchmany(BATCH_ROWS):
            frame = pd.DataFrame(batch)
            sounds = frame.iloc[:, 1:].to_numpy("float64")
            points, tags = model.score(sounds).T.tolist(), moods.classify(sounds).tolist()
            self._database.executemany(
                "INSERT INTO score VALUES (?, ?, ?, ?)",
                zip(frame[0].tolist(), *points, tags, strict=True),
            )

    @property
    def database(self) -> sqlite3.Connection:
        """The connection, for whoever writes the catalogue out of tables `song` and `score`."""
        return self._database

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self._database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def _merge(self, source: str, target: str, by: tuple[str, ...], order: str) -> int:
        columns = ", ".join(_quoted(COLUMNS))
        keys = ", ".join(_quoted(by))
        rows = self._database.execute(
            f"SELECT {columns} FROM {source} ORDER BY {keys}, {order}"  # noqa: S608
        )
        places = [COLUMNS.index(column) for column in by]
        groups = itertools.groupby(rows, key=lambda row: [row[place] for place in places])
        self._insert(target, (merge(list(group)) for _, group in groups))
        saved = self.count(source) - self.count(target)
        # Its pages are used again: the file stays at two tables' size.
        self._database.execute(f"DROP TABLE {source}")
        return saved

    def _insert(self, table: str, rows: Iterable[Row]) -> None:
        names = ", ".join(_quoted(COLUMNS))
        marks = ", ".join("?" * len(COLUMNS))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        self._database.executemany(statement, rows)


def merge(rows: list[Row]) -> Row:
    """One row of several about the same track, the most trusted first: see Workspace's rule."""
    if len(rows) == 1:
        return rows[0]
    merged = list(rows[0])
    for place, column in enumerate(COLUMNS):
        known = [row[place] for row in rows if row[place] is not None]
        if known and column in EARLIEST_WINS:
            merged[place] = min(known)
        elif known and column in LARGEST_WINS:
            merged[place] = max(known)
        elif known:
            merged[place] = known[0]
    return merged


def _quoted(columns: Iterable[str]) -> Iterator[str]:
    return (f'"{column}"' for column in columns)


_DECLARATIONS = ", ".join(
    [f'"{column}" TEXT' for column in TEXTS]
    + [f'"{column}" INTEGER' for column in NUMBERS]
    + [f'"{column}" REAL' for column in FEATURES]
)
