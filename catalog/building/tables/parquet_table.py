"""Reading a Parquet file: the rows as text, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.building.tables.dialect import UNDECODABLE
from catalog.building.tables.table import Rejection, Table, TableChunk
from moodpi.errors import MoodpiError
from moodpi.text import MAX_CSV_FIELD_LENGTH, clean_text, quoted

# Decoded at a time. Memory grows with it, and not with the number of rows in a row group.
BATCH_ROWS = 2_000
READ_BUFFER_BYTES = 65_536
MAX_REASON_LENGTH = 200
# By type of bytes without an encoding, which some writers use for texts, the type of such texts.
BINARY_TYPES = {
    pa.binary(): pa.string(),
    pa.large_binary(): pa.large_string(),
    pa.binary_view(): pa.string_view(),
}


class ParquetTable(Table):
    """A Parquet file. Its values as text are cut to MAX_CSV_FIELD_LENGTH characters."""

    place = "row"

    def __init__(self, path: Path) -> None:
        """Read the schema of the file at `path`. Raises MoodpiError if that is not possible."""
        self.path = path
        with self._open() as file:
            self._schema = file.schema_arrow
        self.header = self._schema.names

    def chunks(self, fields: Sequence[int], size: int) -> Iterator[TableChunk]:
        """Read all rows; see Table. Raises MoodpiError for a field of structures."""
        names = [self.header[field] for field in fields]
        self._check_types(fields)
        chunk = TableChunk()
        end = 0
        with self._open() as file:
            bytes_per_row = self.path.stat().st_size / max(1, file.metadata.num_rows)
            for batch in file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
                start, end = end, end + batch.num_rows
                _add(batch, names, start, chunk)
                chunk.position = int(end * bytes_per_row)
                if len(chunk) >= size:
                    yield chunk
                    chunk = TableChunk(position=chunk.position)
            if end != file.metadata.num_rows:
                raise self._unreadable(f"{end:,} rows of {file.metadata.num_rows:,}")
        yield chunk

    def describe(self) -> list[str]:
        """The format."""
        return ["Parquet"]

    def _check_types(self, fields: Sequence[int]) -> None:
        for field in fields:
            type_ = self._schema.field(field).type
            if pa.types.is_nested(type_) and not _is_list(type_):
                raise MoodpiError(
                    f"{self.path}: the column {quoted(self.header[field])} has the type {type_}: "
                    "expected texts, numbers or lists of texts",
                    code="unsupported_column",
                )

    @contextmanager
    def _open(self) -> Iterator[pq.ParquetFile]:
        try:
            with (
                self.path.open("rb") as stream,
                pq.ParquetFile(
                    stream,
                    buffer_size=READ_BUFFER_BYTES,
                    pre_buffer=False,
                    page_checksum_verification=True,
                ) as file,
            ):
                yield file
        # pyarrow decodes names of columns without a check.
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error

    def _unreadable(self, reason: str) -> MoodpiError:
        shown = clean_text(reason, MAX_REASON_LENGTH)
        return MoodpiError(
            f"cannot read {self.path} as Parquet: it is damaged or not complete ({shown}); get it "
            "again, or save it as CSV",
            code="unreadable_parquet",
        )


def _add(batch: pa.RecordBatch, names: Sequence[str], start: int, chunk: TableChunk) -> None:
    """Add the rows of a batch to a chunk. start: the number of rows before the batch."""
    # By position: a name can occur twice.
    present = batch.schema.names
    columns = [_texts(batch.column(present.index(name))) for name in names]
    for number, row in enumerate(map(list, zip(*columns, strict=True)), start + 1):
        if UNDECODABLE in row:
            chunk.rejections.append(Rejection(number, number, "bytes that are not text"))
        else:
            chunk.numbers.append(number)
            chunk.rows.append(row)


def _texts(column: pa.Array) -> list[str]:
    """The values as a CSV has them: unknown ones are empty, lists are in Python's notation."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.type in BINARY_TYPES:
        column = column.view(BINARY_TYPES[column.type])
    elif column.type not in BINARY_TYPES.values() and not _is_list(column.type):
        column = column.cast(pa.string())
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:
        values = [_decoded(value) for value in column]
    return [_text(value) for value in values]


def _decoded(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return UNDECODABLE


def _text(value: str | list[Any] | None) -> str:
    if isinstance(value, list):
        value = str([str(item) for item in value if item is not None])
    return (value or "")[:MAX_CSV_FIELD_LENGTH]


def _is_list(type_: pa.DataType) -> bool:
    """Whether it is a list of values that are not nested themselves."""
    is_list = (
        pa.types.is_list(type_)
        or pa.types.is_large_list(type_)
        or pa.types.is_fixed_size_list(type_)
    )
    return (
        is_list
        and not pa.types.is_nested(type_.value_type)
        and type_.value_type not in BINARY_TYPES
    )
