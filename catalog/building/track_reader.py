"""Reading tables of tracks: the known columns of each row as text, and what was found out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from catalog.building.cleaning import bare_id
from catalog.building.columns import (
    FEATURES,
    NAMES,
    find_columns,
    find_language,
    normalize_name,
)
from catalog.building.notation import USUAL_NOTATION, Notation, find_notation
from catalog.building.tables import Rejection, open_table
from moodpi.errors import MoodpiError, UsageError
from moodpi.text import quoted

CHUNK_ROWS = 20_000
MAX_LISTED_COLUMNS = 40
HOW_TO_GET_FEATURES = (
    "export it with them (in Exportify, switch on 'Include audio features data'), or add a file "
    "that has them for the same ids"
)

# What a table can have as a whole, and another table can lack.
PARTS = (NAMES, FEATURES)

# What a column is, where its name does not say it.
MEANINGS = {"id": "id (Spotify's id, URI or link of each track)"}


@dataclass(frozen=True)
class Chunk:
    """Some rows of one file.

    Attributes:
        rows: One str column per known column of the file. The index is the row's line.
        rejections: The rows that could not be read.
        notation: How the file writes numbers.
        position: The number of bytes of the file that were read so far.
    """

    rows: pd.DataFrame
    rejections: list[Rejection]
    notation: Notation
    position: int


class TrackTable:
    """A table of tracks in any known format, notation and language.

    Attributes:
        path: The file.
        columns: The known columns that it has.
        place: What the index of its rows counts: "line" or "row".
    """

    def __init__(self, path: Path, chosen: Mapping[str, str] | None = None) -> None:
        """Open a file and find out its format and its columns.

        chosen: By known column, the name that it has in the file; see `find_columns`.

        Raises MoodpiError if it cannot be read, is empty, or has none of the columns.
        """
        self._table = open_table(path, chosen or {})
        self._indices = find_columns(self._table.header, chosen)
        self._notation = USUAL_NOTATION
        self.path = path
        self.columns = frozenset(self._indices)
        self.place = self._table.place
        if not self.columns:
            raise MoodpiError(
                f"{path} is not a table of tracks: its first line is {self.listed_columns}",
                code="not_a_csv",
            )

    def has(self, columns: Iterable[str]) -> bool:
        """Whether the table has all of the columns."""
        return self.columns.issuperset(columns)

    def require(self, columns: Sequence[str]) -> None:
        """Raise MoodpiError if the table lacks one of the columns."""
        missing = [column for column in columns if column not in self.columns]
        if not missing:
            return
        if set(FEATURES) <= set(missing):
            raise MoodpiError(
                f"{self.path} has no audio features in it: {HOW_TO_GET_FEATURES}. "
                f"Its columns are {self.listed_columns}",
                code="no_features",
            )
        named = ", ".join(MEANINGS.get(column, column) for column in missing)
        join = "" if "id" in missing else ", or add a file that has them for the same ids"
        raise MoodpiError(
            f"{self.path} lacks {named}. Its columns are {self.listed_columns}; "
            f"if one of them is meant, name it with --column {missing[0]}=NAME{join}",
            code="missing_columns",
        )

    def has_name(self, name: str) -> bool:
        """Whether the table has a column of this name, in any spelling."""
        return normalize_name(name) in map(normalize_name, self._table.header)

    def chunks(self, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read all rows in order, at most `size` in a chunk; the last chunk may be empty.

        Raises MoodpiError if the file cannot be read.
        """
        fields = [index for indices in self._indices.values() for index in indices]
        is_found = False
        for chunk in self._table.chunks(fields, size):
            rows = self._frame(chunk.rows, chunk.numbers)
            if not is_found and not rows.empty:
                self._notation, is_found = find_notation(rows), True
            yield Chunk(rows, chunk.rejections, self._notation, chunk.position)

    def describe(self) -> str:
        """What was found out about the file. Complete after the last chunk."""
        language = find_language(self._table.header)
        phrases = [*self._table.describe(), *self._notation.describe()]
        if not self.has(NAMES):
            phrases.append("no titles and artists")
        missing = [feature for feature in FEATURES if feature not in self.columns]
        if len(missing) == len(FEATURES):
            phrases.append("no audio features")
        elif missing:
            phrases.append(f"audio features not used, because {', '.join(missing)} are missing")
        return ", ".join([*phrases, *([f"header in {language}"] if language else [])])

    def _frame(self, rows: list[list[str]], numbers: list[int]) -> pd.DataFrame:
        columns: dict[str, list[str]] = {}
        start = 0
        for column, indices in self._indices.items():
            end = start + len(indices)
            if column == "id":
                columns[column] = [_first_id(row[start:end]) for row in rows]
            else:
                columns[column] = [row[start] for row in rows]
            start = end
        return pd.DataFrame(columns, index=numbers, dtype=object)

    @property
    def listed_columns(self) -> str:
        """The names of the columns for a message, as the file writes them."""
        names = [quoted(name) for name in self._table.header[:MAX_LISTED_COLUMNS]]
        others = len(self._table.header) - len(names)
        return ", ".join(names) + (f" and {others:,} others" if others else "")


def check_chosen(chosen: Mapping[str, str], tables: Sequence[TrackTable]) -> None:
    """Raise UsageError if none of the tables has a column of a chosen name."""
    for column, name in chosen.items():
        if not any(table.has_name(name) for table in tables):
            raise UsageError(
                f"no file has a column {quoted(name)} for {column}. The columns of "
                f"{tables[0].path} are {tables[0].listed_columns}",
                code="unknown_column",
            )


def require_together(tables: Sequence[TrackTable]) -> None:
    """Raise MoodpiError unless every table has ids, and names or features that all have together.

    Names and features are each known as a whole: a table with some of the features has none.
    """
    provided = [part for part in PARTS if any(table.has(part) for table in tables)]
    for table in tables:
        has_part = any(table.has(part) for part in PARTS)
        missing = [part for part in PARTS if part not in provided or not has_part]
        table.require(["id", *itertools.chain(*missing)])


def _first_id(texts: list[str]) -> str:
    """The first text that is a track's id: a file may have other ids, or numbers of rows."""
    return next((text for text in texts if bare_id(text)), texts[0])
