"""The rows of a CSV file with known columns, plain or in an archive."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from moodpi.errors import MoodpiError
from moodpi.text import MAX_QUOTED_LENGTH, clean_text
from training.data.csv_members import CsvMember, csv_members, reading

log = logging.getLogger(__name__)

# A row of FER2013 has at most 9,300 characters. The csv module has this limit for a field, too.
MAX_LINE = 131_072
# FER2013 has 35,888.
MAX_LINES = 5_000_000
# More are not kept: an archive of many large headers would fill the memory.
MAX_COLUMNS, MAX_CSV_FILES = 256, 1_000
MAX_LISTED = 12
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
REPLACEMENT_CHARACTER = "\ufffd"
EMPTY = "empty"
COLUMN_SYNONYMS = {"split": "usage", "set": "usage"}


@dataclass(frozen=True)
class Row:
    """One line of a CSV file after its header.

    Attributes:
        line: Its number in the file, from 2.
        cells: Its text by column; empty for a cell that it lacks.
        problem: What it is if it has no cells, such as `empty`; empty for a row that can be read.
    """

    line: int
    cells: Mapping[str, str]
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it is a line without characters, or with spaces only."""
        return self.problem == EMPTY


@dataclass(frozen=True)
class _Header:
    """The header of one CSV file of an archive, which is at `index` among the CSV files there.

    The names of the archive are cleaned; of the columns, the first MAX_COLUMNS are kept.
    """

    index: int
    name: str
    size: int
    delimiter: str
    columns: list[str]

    def positions(self, wanted: Sequence[str]) -> dict[str, int]:
        """The position of each wanted column that the file has."""
        folded = [_folded(column) for column in self.columns]
        return {name: folded.index(name) for name in wanted if name in folded}

    def listed(self) -> str:
        """The columns for a message."""
        return _first(self.columns)


class CsvTable:
    """A CSV file: UTF-8 or UTF-16 text; commas, semicolons or tabs; one row a line.

    Of several CSV files in an archive, the one with the most of the wanted columns, then the
    largest, is read, and a warning names it. Upper case and spaces around a column do not matter.

    Attributes:
        name: The file, and the CSV file in an archive, for messages.
        columns: The wanted columns that it has.
        header: All its columns, for messages.
    """

    def __init__(self, path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Find the CSV file and read its header.

        required, optional: Names of columns in lower case.

        Raises MoodpiError if a file cannot be read, or has no CSV with the required columns.
        """
        self._path = path
        headers = _headers(path)
        wanted = [*required, *optional]
        usable = [each for each in headers if len(each.positions(required)) == len(required)]
        if not usable:
            raise _missing_columns(path, headers, required)
        self._header = max(usable, key=lambda each: (len(each.positions(wanted)), each.size))
        self._positions = self._header.positions(wanted)
        self._check_unique(wanted)
        self.columns = frozenset(self._positions)
        self.header = self._header.listed()
        member = self._header.name
        self.name = f"{path}: {member}" if member else str(path)
        if len(headers) > 1:
            others = _first([each.name for each in headers if each is not self._header])
            log.warning(
                "%s holds %d CSV files: %s is read, %s not", path, len(headers), member, others
            )

    def __iter__(self) -> Iterator[Row]:
        """Each row in order. Empty lines at the end are no rows.

        Raises MoodpiError if the file cannot be read, or has more than MAX_LINES.
        """
        with reading(self._path):
            for index, member in enumerate(csv_members(self._path)):
                if index == self._header.index:
                    yield from self._rows(_text(member))
                    return

    def _check_unique(self, wanted: Sequence[str]) -> None:
        folded = [_folded(column) for column in self._header.columns]
        if repeated := next((name for name in wanted if folded.count(name) > 1), None):
            raise MoodpiError(
                f"{self._path} has {folded.count(repeated)} columns for {repeated}, expected one: "
                f"its columns are {self._header.listed()}",
                code="ambiguous_columns",
            )

    def _rows(self, text: TextIO) -> Iterator[Row]:
        last = 1
        text.readline(MAX_LINE)
        for number, line in _lines(text, self.name):
            if line.strip():
                for empty in range(last + 1, number):
                    yield Row(empty, {}, EMPTY)
                last = number
                yield self._row(number, line)

    def _row(self, number: int, line: str) -> Row:
        if len(line) >= MAX_LINE:
            return Row(number, {}, f"longer than {MAX_LINE:,} characters")
        if REPLACEMENT_CHARACTER in line:
            return Row(number, {}, "not UTF-8 text")
        # Each line is parsed alone, so a quote that is not closed affects no other line.
        try:
            (cells,) = csv.reader([line], delimiter=self._header.delimiter)
        except (csv.Error, ValueError):
            return Row(number, {}, "not CSV")
        present = {name: cells[at] for name, at in self._positions.items() if at < len(cells)}
        return Row(number, {name: present.get(name, "") for name in self._positions})


def _headers(path: Path) -> list[_Header]:
    headers: list[_Header] = []
    with reading(path):
        for index, member in enumerate(csv_members(path)):
            if index == MAX_CSV_FILES:
                raise MoodpiError(
                    f"{path} holds more than {MAX_CSV_FILES:,} CSV files: unpack it and use one",
                    code="too_many_files",
                )
            headers.append(_header(index, member))
    return headers


def _header(index: int, member: CsvMember) -> _Header:
    line = _text(member).readline(MAX_LINE)
    delimiter = max(",;\t", key=line.count)
    try:
        columns = next(csv.reader([line], delimiter=delimiter), [])[:MAX_COLUMNS]
    except csv.Error:
        columns = []
    columns = [clean_text(column, MAX_QUOTED_LENGTH) for column in columns]
    name = clean_text(member.name, MAX_QUOTED_LENGTH)
    return _Header(index, name, member.size, delimiter, columns)


def _first(names: Sequence[str]) -> str:
    """The first names for a message."""
    return ", ".join([*names[:MAX_LISTED], *(["..."] if len(names) > MAX_LISTED else [])])


def _text(member: CsvMember) -> TextIO:
    start = member.stream.peek(2)[:2]
    encoding = "utf-16" if start in UTF16_MARKS else "utf-8-sig"
    return io.TextIOWrapper(member.stream, encoding, errors="replace", newline="")


def _lines(text: TextIO, name: str) -> Iterator[tuple[int, str]]:
    """Each line with its number, from 2. The rest of a line longer than MAX_LINE is skipped."""
    for number in range(2, MAX_LINES + 2):
        line = text.readline(MAX_LINE)
        if not line:
            return
        rest = line
        while len(rest) == MAX_LINE and not rest.endswith(("\n", "\r")):
            rest = text.readline(MAX_LINE)
        yield number, line
    raise MoodpiError(
        f"{name} has more than {MAX_LINES:,} lines: expected FER2013, 35,888", code="file_too_large"
    )


def _folded(column: str) -> str:
    plain = column.lower()
    return COLUMN_SYNONYMS.get(plain, plain)


def _missing_columns(
    path: Path, headers: Sequence[_Header], required: Sequence[str]
) -> MoodpiError:
    expected = ",".join(required)
    if len(headers) == 1 and not headers[0].name:
        missing = [name for name in required if name not in headers[0].positions(required)]
        message = (
            f"{path} lacks the columns {', '.join(missing)}: expected {expected} in its first "
            f"line, which is {headers[0].listed() or 'empty'}"
        )
    else:
        found = "; ".join(f"{each.name}: {each.listed()}" for each in headers[:MAX_LISTED])
        message = f"{path} holds no CSV file with the columns {expected}, but {found}"
    return MoodpiError(message, code="missing_columns")
