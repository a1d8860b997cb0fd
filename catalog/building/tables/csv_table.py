"""Reading a CSV in any dialect: the rows as text, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from catalog.building.columns import find_columns
from catalog.building.tables.dialect import DELIMITERS, ENCODINGS, UNDECODABLE, find_dialect
from catalog.building.tables.records import STANDARD, Record, RecordReader
from catalog.building.tables.table import Rejection, Table, TableChunk
from moodpi.errors import MoodpiError
from moodpi.text import MAX_CSV_FIELD_LENGTH

# The characters of the chosen fields that a chunk holds at most, beside its last row.
MAX_CHUNK_LENGTH = 20_000_000


class CsvTable(Table):
    """A CSV. The fields of its rows are cut to MAX_CSV_FIELD_LENGTH characters."""

    place = "line"

    def __init__(self, path: Path, chosen: Mapping[str, str]) -> None:
        """Find out the dialect of the CSV at `path`.

        chosen: By known column, the name that it has in the file; see `find_columns`.

        Raises MoodpiError if the file cannot be read or is empty.
        """
        self.path = path
        self._quoting: dict[str, int] = {}
        try:
            self._dialect = find_dialect(path, lambda header: len(find_columns(header, chosen)))
        except OSError as error:
            raise _unreadable(path, error) from error
        self.header = self._dialect.header

    def chunks(self, fields: Sequence[int], size: int) -> Iterator[TableChunk]:
        """Read all rows; see Table."""
        chunk, length, width = TableChunk(), 0, len(self.header)
        try:
            with self._dialect.open(self.path) as stream:
                reader = RecordReader(
                    stream, self._dialect.delimiter, width, skipped=self._dialect.header_line
                )
                for record in reader:
                    length += _add(record, chunk, fields)
                    if len(chunk) >= size or length > MAX_CHUNK_LENGTH:
                        chunk.position = stream.buffer.tell()
                        yield chunk
                        chunk, length = TableChunk(), 0
                self._quoting = reader.quoting
                chunk.position = stream.buffer.tell()
        except OSError as error:
            raise _unreadable(self.path, error) from error
        yield chunk

    def describe(self) -> list[str]:
        """The encoding, the delimiter, and how rows are quoted if not as usual."""
        dialect = self._dialect
        return [
            ENCODINGS[dialect.encoding],
            DELIMITERS.get(dialect.delimiter, repr(dialect.delimiter)),
            *(
                f"{way} in {rows:,} rows"
                for way, rows in self._quoting.items()
                if way != STANDARD and rows
            ),
        ]


def _add(record: Record | Rejection, chunk: TableChunk, fields: Sequence[int]) -> int:
    """Add a record to a chunk; return the number of characters that the chunk holds of it."""
    if isinstance(record, Rejection):
        chunk.rejections.append(record)
        return 0
    row = [record.fields[field][:MAX_CSV_FIELD_LENGTH] for field in fields]
    if any(UNDECODABLE in text for text in row):
        chunk.rejections.append(Rejection(record.line, record.line, "bytes that are not text"))
        return 0
    chunk.numbers.append(record.line)
    chunk.rows.append(row)
    return sum(map(len, row))


def _unreadable(path: Path, error: OSError) -> MoodpiError:
    return MoodpiError(f"cannot read {path}: {error.strerror}", code="unreadable_file")
