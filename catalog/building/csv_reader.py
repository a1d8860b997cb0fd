"""Reading a CSV of any known schema in chunks, with the line number of every row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pandas as pd

from catalog.building.columns import describe_column, find_columns
from moodpi.errors import MoodpiError
from moodpi.text import MAX_CSV_FIELD_LENGTH

CHUNK_ROWS = 20_000
# Checked before parsing: a CSV is UTF-8 text.
CHECKED_BYTES = 65_536


@dataclass(frozen=True)
class Chunk:
    """Some rows of one file, as text of at most MAX_CSV_FIELD_LENGTH characters a field.

    Attributes:
        rows: One str column per known column of the file. The index is the row's last line.
        malformed: The reason for each line that is not a row, by line.
        position: The number of bytes read so far.
    """

    rows: pd.DataFrame
    malformed: dict[int, str]
    position: int


def read_chunks(path: Path, required: tuple[str, ...], size: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Read a CSV (UTF-8; commas, semicolons or tabs) in chunks of `size` rows.

    Raises MoodpiError if it cannot be read, is empty, is not a CSV or lacks a `required` column.
    """
    _check_text(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, delimiter=_delimiter(stream))
            header = next(reader, [])
            fields = _check_header(path, header, required)
            yield from _chunks(reader, stream, fields, len(header), size)
    except csv.Error as error:
        raise MoodpiError(
            f"cannot read {path} as CSV: {error} (line {reader.line_num}: check the quotes)",
            code="unreadable_csv",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise MoodpiError(f"cannot read {path} as CSV: {error}", code="unreadable_csv") from error


def _check_text(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            start = stream.read(CHECKED_BYTES)
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error
    if not start.strip():
        raise MoodpiError(
            f"{path} is empty: expected a CSV with a header line and tracks", code="empty_csv"
        )
    if b"\0" in start or not _is_utf8(start):
        raise MoodpiError(
            f"{path} is not a CSV: expected UTF-8 text with a header line", code="not_a_csv"
        )


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # The checked bytes may end within a character.
        return len(start) == CHECKED_BYTES and error.start > len(start) - 4
    return True


def _delimiter(stream: TextIO) -> str:
    header = stream.readline(CHECKED_BYTES)
    stream.seek(0)
    return max(",;\t", key=header.count)


def _check_header(path: Path, header: list[str], required: tuple[str, ...]) -> dict[str, int]:
    fields = find_columns(header)
    missing = [describe_column(column) for column in required if column not in fields]
    if len(missing) == len(required):
        raise MoodpiError(
            f"{path} is not a CSV of tracks: its header has none of {', '.join(required)}",
            code="not_a_csv",
        )
    if missing:
        raise MoodpiError(
            f"{path} lacks required columns: {', '.join(missing)}", code="missing_columns"
        )
    return fields


def _chunks(
    reader: Iterator[list[str]], stream: TextIO, fields: dict[str, int], width: int, size: int
) -> Iterator[Chunk]:
    rows: list[list[str]] = []
    lines: list[int] = []
    malformed: dict[int, str] = {}
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if len(row) == width:
            rows.append([row[index][:MAX_CSV_FIELD_LENGTH] for index in fields.values()])
            lines.append(line)
        elif row:
            malformed[line] = f"wrong number of fields: {len(row)}, expected {width}"
        if len(rows) == size:
            yield Chunk(_frame(rows, lines, fields), malformed, stream.buffer.tell())
            rows, lines, malformed = [], [], {}
    yield Chunk(_frame(rows, lines, fields), malformed, stream.buffer.tell())


def _frame(rows: list[list[str]], lines: list[int], fields: dict[str, int]) -> pd.DataFrame:
    columns = {column: [row[index] for row in rows] for index, column in enumerate(fields)}
    return pd.DataFrame(columns, index=lines, dtype=object)
