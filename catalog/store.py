"""Reads catalogue files. The cost of a query does not grow with the size of the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.artist_index import ArtistIndex
from catalog.attribute_filter import AttributeFilter
from catalog.file_header import REBUILD, check_header
from catalog.plane import Plane
from catalog.schema import VALID_TRACK
from catalog.track import Track, track_of_row
from moodpi.errors import MoodpiError
from moodpi.sqlite import restrict, time_limit
from moodpi.text import clean_text

__all__ = ["DEFAULT_CATALOG", "Catalog", "Track"]

DEFAULT_CATALOG = Path(__file__).with_name("default.sqlite")
# Every file has more bytes for each track.
MIN_TRACK_BYTES = 30
# The longest time for a query and for a check of the whole file, in seconds. Far more than a Pi
# needs, and less than the watchdog of the service allows.
QUERY_TIMEOUT, CHECK_TIMEOUT = 10.0, 20.0
MAX_REASON_LENGTH = 200
_JOINED = """
track JOIN artist USING (artist) LEFT JOIN album USING (album) LEFT JOIN genre USING (genre)
"""
_BY_ROWID = f"""
SELECT {VALID_TRACK}, place, id, title, artist.name, album.name, track.valence, track.arousal,
    lead, year, genre.name, popularity, explicit, duration, coalesce(decade, year / 10 * 10), mood
FROM {_JOINED} WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place
"""  # noqa: S608  # no value from outside
_POPULARITIES = """
SELECT place, popularity FROM track
WHERE place IN (SELECT value FROM json_each(?)) AND typeof(popularity) = 'integer'
"""
_INVALID = f"SELECT place FROM {_JOINED} WHERE ({VALID_TRACK}) IS NOT 1 LIMIT 1"  # noqa: S608
_IN_CELLS = """
SELECT cell.key, place FROM json_each(:cells) AS cell CROSS JOIN track
WHERE place BETWEEN json_extract(cell.value, '$[0]') AND json_extract(cell.value, '$[1]') AND
"""
# Only valid tracks: their columns are compared with songs and sent to a player.
_TITLES = f"""
SELECT place, id, title, artist.name FROM {_JOINED}
WHERE place >= ? AND place < ? AND ({VALID_TRACK})
"""  # noqa: S608
# Tracks that are read at a time.
BLOCK_SIZE = 1000
_RANKING = "SELECT place FROM ranking WHERE emotion = ? AND rank <= ? ORDER BY rank"


class Catalog:
    """A catalogue file, open for reading only. A context manager.

    Every method raises MoodpiError if the file is damaged.

    Attributes:
        path: The file.
        plane: The index of the tracks by valence and arousal, at most -1..1 on both axes.
        song_analysis: How far the analysis of the player's own songs is; empty without one.
    """

    song_analysis = ""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        with self._reading():
            restrict(database)
            self.plane = self._read_plane()

    @classmethod
    def open(cls, path: Path | None = None) -> Catalog:
        """Open the catalogue at `path`, by default the one that ships with moodpi.

        Raises MoodpiError if it is missing, not a catalogue, damaged or of another version.
        """
        path = DEFAULT_CATALOG if path is None else path
        check_header(path)
        # Immutable: no locks and no journal. A build replaces the whole file and never changes it.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            database = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise MoodpiError(
                f"cannot open the catalogue {path}: {error}", code="catalog_unreadable"
            ) from error
        try:
            return cls(path, database)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.plane)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def tracks(self, rowids: Iterable[int]) -> list[Track]:
        """The tracks with these rowids, in ascending order."""
        with self._reading():
            return [track_of_row(row) for row in self._database.execute(_BY_ROWID, _json(rowids))]

    def filter_cells(
        self, cells: list[Sequence[int]], attributes: AttributeFilter
    ) -> list[Sequence[int]]:
        """The rowids in each cell that pass the filter, without empty cells.

        cells: As returned by Plane.nearest_cells.
        """
        if not attributes.condition:
            return cells
        bounds = json.dumps([(cell[0], cell[-1]) for cell in cells])
        members = [cell if isinstance(cell, range) else frozenset(cell) for cell in cells]
        passing: list[list[int]] = [[] for _ in cells]
        with self._reading():
            for cell, rowid in self._database.execute(
                _IN_CELLS + attributes.condition, {"cells": bounds, **attributes.parameters}
            ):
                if rowid in members[cell]:
                    passing[cell].append(rowid)
        return [rowids for rowids in passing if rowids]

    def popularities(self, rowids: Iterable[int]) -> dict[int, int]:
        """The popularity, 1..100, of those tracks with these rowids whose popularity is known."""
        with self._reading():
            return dict(self._database.execute(_POPULARITIES, _json(rowids)).fetchall())

    def find(self, track_ids: Iterable[str]) -> dict[str, Track]:
        """The tracks with these Spotify ids, by id. Reads the whole table once."""
        with self._reading():
            found = self._database.execute(
                "SELECT place FROM track WHERE id IN (SELECT value FROM json_each(?))",
                _json(track_ids),
            ).fetchall()
        return {track.id: track for track in self.tracks(rowid for (rowid,) in found)}

    def titles(self) -> Iterator[tuple[int, str, str, str]]:
        """Rowid, id, title and credit of every track, for matching songs by name."""
        for start in range(1, len(self) + 1, BLOCK_SIZE):
            with self._reading():
                rows = self._database.execute(_TITLES, (start, start + BLOCK_SIZE)).fetchall()
            yield from rows

    def credits(self, artist_ids: Iterable[int]) -> dict[int, list[str]]:
        """Every credit of some main artists, featured artists included, by artist id."""
        credits_by_id: dict[int, list[str]] = {}
        with self._reading():
            for artist_id, name in self._database.execute(
                "SELECT lead, name FROM artist WHERE lead IN (SELECT value FROM json_each(?)) "
                "ORDER BY artist",
                _json(artist_ids),
            ):
                credits_by_id.setdefault(artist_id, []).append(str(name))
        return credits_by_id

    @cached_property
    def artists(self) -> ArtistIndex:
        """An index of all artists, made when it is used for the first time."""
        with self._reading():
            rows = self._database.execute(
                "SELECT name FROM artist ORDER BY artist LIMIT ?", [len(self)]
            )
            return ArtistIndex(str(name) for (name,) in rows)

    def own_tracks(self) -> Mapping[str, Track]:
        """The songs of the player that were added to the catalogue, by URI."""
        return {}

    def genres(self) -> list[str]:
        """Every genre of this catalogue, in alphabetical order."""
        with self._reading():
            rows = self._database.execute("SELECT name FROM genre ORDER BY name").fetchall()
        return [name for (name,) in rows]

    def ranking(self, emotion: str, count: int) -> list[Track]:
        """The tracks most typical of an emotion, one per artist, the most typical first."""
        with self._reading():
            rows = self._database.execute(_RANKING, (emotion, count)).fetchall()
        rowids = [rowid for (rowid,) in rows]
        return sorted(self.tracks(rowids), key=lambda track: rowids.index(track.rowid))

    def provenance(self) -> dict[str, Any]:
        """What the catalogue was built from: inputs, counts, models, the content's sha256."""
        with self._reading():
            rows = self._database.execute("SELECT name, value FROM provenance").fetchall()
            return {str(name): json.loads(value) for name, value in rows}

    @property
    def content_sha256(self) -> str:
        """The sha256 of the content, which identifies this catalogue."""
        with self._reading():
            return str(self.provenance()["content_sha256"])

    def check(self) -> None:
        """Check the whole file. Raises MoodpiError if any part is damaged."""
        with self._reading(CHECK_TIMEOUT):
            result = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if result != "ok":
                raise ValueError(result)
            if invalid := self._database.execute(_INVALID).fetchone():
                raise ValueError(f"its track {invalid[0]} has an invalid column")
            # SQLite does not check the encoding of texts; decoding them does.
            for table in ("track JOIN artist USING (artist)", "album", "genre"):
                for _ in self._database.execute(f"SELECT * FROM {table}"):  # noqa: S608
                    pass

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT statement on the tables of catalog/schema.py."""
        with self._reading():
            return self._database.execute(statement).fetchall()

    def _read_plane(self) -> Plane:
        row = self._database.execute("SELECT grid, edge, starts FROM plane").fetchone()
        plane = Plane.from_row(*row)
        if len(plane) * MIN_TRACK_BYTES > self.path.stat().st_size:
            raise ValueError(f"it is too small for {len(plane)} tracks")
        return plane

    @contextmanager
    def _reading(self, timeout: float = QUERY_TIMEOUT) -> Iterator[None]:
        """Limit the time of the block. A damaged file can cause any of these errors."""
        try:
            with time_limit(self._database, timeout):
                yield
        except (
            sqlite3.Error, TypeError, ValueError, LookupError, ArithmeticError, RecursionError
        ) as error:  # fmt: skip
            raise self._damaged(str(error)) from error

    def _damaged(self, reason: str) -> MoodpiError:
        shown = clean_text(reason, MAX_REASON_LENGTH)
        return MoodpiError(
            f"the catalogue {self.path} is damaged ({shown}): {REBUILD}", code="catalog_damaged"
        )


def _json(values: Iterable[int | str]) -> tuple[str]:
    """The parameter of a statement with json_each."""
    return (json.dumps([*values]),)
