"""Reading a CSV of any of the known schemas, in chunks, every row with its line in the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pandas as pd

from catalog.building.columns import describe, locate
from moodpi.errors import MoodpiError

CHUNK_ROWS = 20_000
SNIFFED_BYTES = 65_536


@dataclass(frozen=True)
class Chunk:
    """Some rows of one file, as text.

    rows: one str column per known column of the file; the index is the line each row ends on.
    broken: what is wrong with the lines that are no row at all, by line. position: how many bytes
    of the file were read so far.
    """

    rows: pd.DataFrame
    broken: dict[int, str]
    position: int


def read_chunks(path: Path, needed: tuple[str, ...], size: int = CHUNK_ROWS) -> Iterator[Chunk]:
    """Read the CSV at `path` (UTF-8; commas, semicolons or tabs) in chunks of `size` rows.

    Raises MoodpiError where it cannot be read, is empty, is no CSV or lacks a `needed` column.
    """
    _refuse_binary(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, delimiter=_delimiter(stream))
            header = next(reader, [])
            fields = _check_header(path, header, needed)
            yield from _chunks(reader, stream, fields, len(header), size)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MoodpiError(f"{path} cannot be read as CSV: {error}") from error


def _refuse_binary(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            start = stream.read(SNIFFED_BYTES)
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    if not start.strip():
        raise MoodpiError(f"{path} is empty: expected a CSV with a header line and tracks")
    if b"\0" in start or not _is_utf8(start):
        raise MoodpiError(f"{path} is not a CSV: expected UTF-8 text with a header line")


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut in two by the end of what was read is not an error in the file.
        return len(start) == SNIFFED_BYTES and error.start > len(start) - 4
    return True


def _delimiter(stream: TextIO) -> str:
    header = stream.readline()
    stream.seek(0)
    return max(",;\t", key=header.count)


def _check_header(path: Path, header: list[str], needed: tuple[str, ...]) -> dict[str, int]:
    fields = locate(header)
    missing = [describe(column) for column in needed if column not in fields]
    if len(missing) == len(needed):
        raise MoodpiError(
            f"{path} is not a CSV of tracks: its first line names none of {', '.join(needed)}"
        )
    if missing:
        raise MoodpiError(
            f"{path} lacks {'a column' if len(missing) == 1 else 'columns'} that moodpi needs: "
            f"{', '.join(missing)}"
        )
    return fields


def _chunks(
    reader: Iterator[list[str]], stream: TextIO, fields: dict[str, int], width: int, size: int
) -> Iterator[Chunk]:
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: dict[int, str] = {}
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if len(row) == width:
            rows.append(row)
            lines.append(line)
        elif row:
            broken[line] = f"wrong number of fields: {len(row)}, expected {width}"
        if len(rows) == size:
            yield Chunk(_frame(rows, lines, fields), broken, stream.buffer.tell())
            rows, lines, broken = [], [], {}
    yield Chunk(_frame(rows, lines, fields), broken, stream.buffer.tell())


def _frame(rows: list[list[str]], lines: list[int], fields: dict[str, int]) -> pd.DataFrame:
    columns = {column: [row[field] for row in rows] for column, field in fields.items()}
    return pd.DataFrame(columns, index=lines, dtype=object)
