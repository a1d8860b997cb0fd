"""The staging database of a build: rows on disk in a temporary SQLite file, merged and scored."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from catalog.building.columns import FEATURES
from catalog.building.mood_model import MoodModel
from catalog.building.scoring_model import ScoringModel

Row = Sequence[Any]

TEXT_COLUMNS = (
    "id",
    "title",
    "artist",
    "artist_key",
    "first_artist_key",
    "title_key",
    "album",
    "genre",
)
NUMBER_COLUMNS = ("year", "decade", "popularity", "hit", "explicit", "duration")
COLUMNS = (*TEXT_COLUMNS, *NUMBER_COLUMNS, *FEATURES)
# Of a row alone: the index of its file, and its line or number there.
ORIGIN_COLUMNS = ("file", "line")
# Merged rows get the minimum or maximum of these columns, and the first known value of others.
MINIMUM_COLUMNS = ("year", "decade")
MAXIMUM_COLUMNS = ("popularity", "hit", "explicit")
BATCH_ROWS = 10_000

# The ids of which every row lacks the names, or every row lacks the features.
_UNMATCHED = f"""
CREATE TABLE unmatched AS
SELECT id, count(title) = 0 AS lacks_names FROM row
WHERE id IN (SELECT id FROM row WHERE title IS NULL OR {FEATURES[0]} IS NULL)
GROUP BY id HAVING count(title) = 0 OR count({FEATURES[0]}) = 0
"""  # noqa: S608
# A year after a known decade is that of a later release. The songs of an album have its earliest
# year, unless their decade is an earlier one.
_YEARS = """
UPDATE song SET year = NULL WHERE decade < year / 10 * 10;
CREATE TEMP TABLE album_year AS
SELECT artist_key, album, min(year) AS year FROM song
WHERE album IS NOT NULL AND year IS NOT NULL GROUP BY artist_key, album;
CREATE UNIQUE INDEX temp.album_key ON album_year (artist_key, album);
UPDATE song SET year = album_year.year, decade = album_year.year / 10 * 10 FROM album_year
WHERE song.year IS NULL AND album_year.artist_key = song.artist_key
    AND album_year.album = song.album AND coalesce(decade >= album_year.year / 10 * 10, 1);
"""


@dataclass(frozen=True)
class UnmatchedRow:
    """A row of an id that lacks names, or features, in every row.

    Attributes:
        file: The index of its file.
        line: Its line or number in the file.
        id: The track.
        lacks_names: Whether the names are missing, and not only the features.
    """

    file: int
    line: int
    id: str
    lacks_names: bool


class StagingDatabase:
    """The rows of all files, merged first by id and then by song; a context manager.

    A row has names, or features, or both. Rows of one id complete each other. Merged rows get the
    earliest year and the highest popularity; a track is a hit or explicit if any of its rows is.
    A song of unknown year gets the earliest of its album.
    Every other value, and the audio features as a set, comes from the first row that has it. Rows
    of one id are in the order of the files, ids of one song in the order of their popularity.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path.absolute().as_uri(), uri=True)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            + "".join(
                f"CREATE TABLE {table} (seq INTEGER PRIMARY KEY, {_DECLARATIONS});"
                for table in ("row", "track", "song")
            )
            + "".join(f"ALTER TABLE row ADD {column} INTEGER;" for column in ORIGIN_COLUMNS)
            + "CREATE TABLE score"
            " (seq INTEGER PRIMARY KEY, valence REAL, arousal REAL, mood INTEGER);"
        )

    def __enter__(self) -> StagingDatabase:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, tracks: pd.DataFrame, file: int = 0) -> None:
        """Append the tracks of CleanedRows in their order. file: the index of their file."""
        columns = [tracks[column].tolist() for column in COLUMNS]
        origin = [[file] * len(tracks), tracks.index.tolist()]
        self._insert("row", zip(*columns, *origin, strict=True), (*COLUMNS, *ORIGIN_COLUMNS))

    def remove_unmatched(self) -> Iterator[UnmatchedRow]:
        """Remove the rows whose id has no names, or no features, in any row. Yields each of them.

        They are removed after the last one.
        """
        self._database.execute(_UNMATCHED)
        for file, line, track_id, lacks_names in self._database.execute(
            "SELECT file, line, id, lacks_names FROM row JOIN unmatched USING (id) ORDER BY seq"
        ):
            yield UnmatchedRow(file, line, track_id, bool(lacks_names))
        self._database.execute("DELETE FROM row WHERE id IN (SELECT id FROM unmatched)")

    def merge_ids(self) -> int:
        """Merge the rows of each id; return the number of rows removed."""
        return self._merge("row", "track", by=("id",), order="seq")

    def merge_songs(self) -> int:
        """Merge the ids of each song; return the number of tracks removed."""
        removed = self._merge(
            "track",
            "song",
            by=("first_artist_key", "title_key"),
            order="popularity DESC, hit DESC, seq",
        )
        # `Major Lazer & DJ Snake` becomes Major Lazer, who also has songs alone. `Simon &
        # Garfunkel` stays a duo.
        self._database.execute(
            "UPDATE song SET artist_key = first_artist_key WHERE artist_key <> first_artist_key"
            " AND first_artist_key IN"
            " (SELECT artist_key FROM song WHERE artist_key = first_artist_key)"
        )
        self._database.executescript(_YEARS)
        return removed

    def score(self, model: ScoringModel, moods: MoodModel) -> None:
        """Compute valence, arousal and mood of every track into the table `score`."""
        features = ", ".join(_quoted(FEATURES))
        rows = self._database.execute(f"SELECT seq, {features} FROM song ORDER BY seq")  # noqa: S608
        while batch := rows.fetchmany(BATCH_ROWS):
            frame = pd.DataFrame(batch)
            values = frame.iloc[:, 1:].to_numpy("float64")
            points, tags = model.score(values).T.tolist(), moods.classify(values).tolist()
            self._database.executemany(
                "INSERT INTO score VALUES (?, ?, ?, ?)",
                zip(frame[0].tolist(), *points, tags, strict=True),
            )

    @property
    def database(self) -> sqlite3.Connection:
        """The connection; the writer reads the tables `song` and `score`."""
        return self._database

    def count(self, table: str) -> int:
        """The number of rows of a table."""
        return int(self._database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def _merge(self, source: str, target: str, by: tuple[str, ...], order: str) -> int:
        columns = ", ".join(_quoted(COLUMNS))
        keys = ", ".join(_quoted(by))
        rows = self._database.execute(
            f"SELECT {columns} FROM {source} ORDER BY {keys}, {order}"  # noqa: S608
        )
        indices = [COLUMNS.index(column) for column in by]
        groups = itertools.groupby(rows, key=lambda row: [row[index] for index in indices])
        self._insert(target, (merge(list(group)) for _, group in groups))
        removed = self.count(source) - self.count(target)
        # SQLite reuses its pages, so the file does not grow beyond two tables.
        self._database.execute(f"DROP TABLE {source}")
        return removed

    def _insert(self, table: str, rows: Iterable[Row], columns: Sequence[str] = COLUMNS) -> None:
        names = ", ".join(_quoted(columns))
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        self._database.executemany(statement, rows)


def merge(rows: list[Row]) -> Row:
    """One row of several for the same track, in order of precedence; see StagingDatabase."""
    if len(rows) == 1:
        return rows[0]
    merged = list(rows[0])
    for index, column in enumerate(COLUMNS):
        known = [row[index] for row in rows if row[index] is not None]
        if known and column in MINIMUM_COLUMNS:
            merged[index] = min(known)
        elif known and column in MAXIMUM_COLUMNS:
            merged[index] = max(known)
        elif known:
            merged[index] = known[0]
    return merged


def _quoted(columns: Iterable[str]) -> Iterator[str]:
    return (f'"{column}"' for column in columns)


_DECLARATIONS = ", ".join(
    [f'"{column}" TEXT' for column in TEXT_COLUMNS]
    + [f'"{column}" INTEGER' for column in NUMBER_COLUMNS]
    + [f'"{column}" REAL' for column in FEATURES]
)
