"""What every format of tables offers: a header, and rows of text in chunks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Rejection:
    """Consecutive rows that are not used.

    Attributes:
        first, last: The first and the last line, or row, from 1.
        reason: `kind: detail`, or a kind alone.
        rows: The number of rows.
    """

    first: int
    last: int
    reason: str
    rows: int = 1


@dataclass
class TableChunk:
    """Some consecutive rows of a table.

    Attributes:
        numbers: The line of each row in the file, or its number, from 1.
        rows: The chosen fields of each row, as text.
        rejections: The rows that could not be read.
        position: The number of bytes of the file that were read so far.
    """

    numbers: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    position: int = 0

    def __len__(self) -> int:
        """The number of rows and rejections."""
        return len(self.rows) + len(self.rejections)


class Table(ABC):
    """A file of rows with a header.

    Attributes:
        path: The file.
        header: The name of each field, as written.
        place: What numbers count: "line" or "row".
    """

    path: Path
    header: list[str]
    place: str

    @abstractmethod
    def chunks(self, fields: Sequence[int], size: int) -> Iterator[TableChunk]:
        """Read all rows in order, at most `size` in a chunk; the last chunk may be empty.

        fields: The indices of the fields to read.

        Raises MoodpiError if the file cannot be read.
        """

    @abstractmethod
    def describe(self) -> list[str]:
        """What was found out about the format, as short phrases. Complete after the last chunk."""
