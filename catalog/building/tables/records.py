"""Splitting the lines of a CSV into records, in any way of quoting and after broken quotes.

A well-formed line is a row. Any other line may begin a row of several lines, whose quoted fields
contain line breaks. Such a row ends before the next well-formed line; otherwise a quote that was
never closed would make the rest of the file one field. If the lines are no such row, the first one
is split as programs write it that do not escape quotes.
"""

from __future__ import annotations

import csv
import inspect
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TextIO

from catalog.building.tables.table import Rejection

# In characters. A longer row is rejected, without being held in memory.
MAX_RECORD_LENGTH = 2_000_000
# The limit of the csv module is one for the whole process, and lower than the length of lyrics.
csv.field_size_limit(2 * MAX_RECORD_LENGTH)

Fields = list[str]
# Ways of quoting: a name for people, and a function that splits a line at a delimiter.
Ways = tuple[tuple[str, Callable[[str, str], Fields]], ...]


@dataclass(frozen=True)
class Record:
    """One row: the fields, and the line that it begins in, from 1."""

    line: int
    fields: Fields


@dataclass(frozen=True)
class Line:
    """One line without its end: its number from 1, and its text, None if it is too long."""

    number: int
    text: str | None


class RecordReader:
    """Reads the rows of a CSV after its header; an iterator over records and rejections.

    Every line that is not blank is part of one of them.

    Attributes:
        quoting: By way of quoting that differs from RFC 4180, the number of rows.
    """

    def __init__(self, stream: TextIO, delimiter: str, width: int, skipped: int) -> None:
        """Read rows of `width` fields from a stream, after the first `skipped` lines."""
        self.quoting: Counter[str] = Counter()
        self._stream = stream
        self._delimiter = delimiter
        self._width = width
        self._next_number = 1
        self._pushed_back: deque[Line] = deque()
        for _ in range(skipped):
            self._next_line()

    def __iter__(self) -> Iterator[Record | Rejection]:
        while line := self._next_line():
            if line.text is None:
                reason = f"longer than {MAX_RECORD_LENGTH:,} characters"
                yield Rejection(line.number, line.number, reason)
            elif split := self._split(line.text, WELL_FORMED):
                yield self._record(line, *split)
            elif line.text.strip():
                yield from self._read_over_lines(line)

    def _next_line(self) -> Line | None:
        if self._pushed_back:
            return self._pushed_back.popleft()
        text: str | None = self._stream.readline(MAX_RECORD_LENGTH)
        if not text:
            return None
        if not text.endswith("\n") and len(text) == MAX_RECORD_LENGTH:
            while (rest := self._stream.readline(MAX_RECORD_LENGTH)) and not rest.endswith("\n"):
                pass
            text = None
        self._next_number += 1
        return Line(self._next_number - 1, text and text.removesuffix("\n"))

    def _split(self, text: str, ways: Ways) -> tuple[str, Fields] | None:
        """The first of some ways of quoting that gives all fields of a line, and the fields."""
        if '"' not in text and "\\" not in text:
            fields = text.split(self._delimiter)
            return (STANDARD, fields) if len(fields) == self._width else None
        for way, split in ways:
            if len(fields := split(text, self._delimiter)) == self._width:
                return way, fields
        return None

    def _record(self, line: Line, way: str, fields: Fields) -> Record:
        self.quoting[way] += 1
        return Record(line.number, fields)

    def _read_over_lines(self, first: Line) -> Iterator[Record | Rejection]:
        """Read a row of several lines, or keep the first one, and reject what is no row."""
        lines, fields = self._parse_lines(first, escape=None)
        way = STANDARD
        if len(fields) != self._width and any('\\"' in (line.text or "") for line in lines):
            self._pushed_back.extendleft(reversed(lines[1:]))
            lines, fields = self._parse_lines(first, escape="\\")
            way = BACKSLASHES
        if len(fields) == self._width:
            yield self._record(first, way, fields)
        elif split := self._split(first.text or "", NOT_ESCAPED):
            yield self._record(first, *split)
            yield from _reject(lines[1:], "not a row")
        elif fields:
            reason = f"wrong number of fields: {len(fields)}, expected {self._width}"
            yield Rejection(first.number, lines[-1].number, reason)
        else:
            yield from _reject(lines, "broken quotes")

    def _parse_lines(self, first: Line, escape: str | None) -> tuple[list[Line], Fields]:
        """The lines of one well-formed row, and its fields: none if the quotes are broken."""
        lines = [first]
        source = self._lines_of_row(lines)
        try:
            return lines, next(
                csv.reader(source, delimiter=self._delimiter, escapechar=escape, strict=True)
            )
        except csv.Error:
            # A line that closes a quote wrongly is probably the start of another row.
            if len(lines) > 1 and inspect.getgeneratorstate(source) != inspect.GEN_CLOSED:
                self._pushed_back.appendleft(lines.pop())
            return lines, []

    def _lines_of_row(self, lines: list[Line]) -> Generator[str, None, None]:
        """The text of the first of `lines` and of those after it, which are appended."""
        length = len(lines[0].text or "")
        yield f"{lines[0].text}\n"
        while line := self._next_line():
            length += len(line.text or "") + 1
            if line.text is None or length > MAX_RECORD_LENGTH or self._is_row(line.text):
                self._pushed_back.appendleft(line)
                return
            lines.append(line)
            yield f"{line.text}\n"

    def _is_row(self, text: str) -> bool:
        """Whether a line is well-formed: the last line of a row has an odd number of quotes."""
        return text.count('"') % 2 == 0 and self._split(text, WELL_FORMED) is not None


def _reject(lines: list[Line], reason: str) -> Iterator[Rejection]:
    if rows := sum(bool(line.text and line.text.strip()) for line in lines):
        yield Rejection(lines[0].number, lines[-1].number, reason, rows)


def _split_standard(text: str, delimiter: str) -> Fields:
    """By RFC 4180: a quote in a quoted field is written twice."""
    return _parse(text, delimiter, escape=None)


def _split_backslashes(text: str, delimiter: str) -> Fields:
    r"""As MySQL and others write it: `\"` is a quote."""
    return _parse(text, delimiter, escape="\\")


def _parse(text: str, delimiter: str, escape: str | None) -> Fields:
    try:
        return next(csv.reader([text], delimiter=delimiter, escapechar=escape, strict=True), [])
    except csv.Error:
        return []


def _split_all_quoted(text: str, delimiter: str) -> Fields:
    """All fields are quoted, and quotes within them are written as they are."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return []
    return [field.replace('""', '"') for field in text[1:-1].split(f'"{delimiter}"')]


def _split_unescaped(text: str, delimiter: str) -> Fields:
    """Some fields are quoted: a quote ends one only if a delimiter or the end follows."""
    fields: Fields = []
    rest = text + delimiter
    position = 0
    while position < len(rest):
        quoted = rest[position] == '"'
        end = rest.find(f'"{delimiter}', position + 1) if quoted else rest.find(delimiter, position)
        if end < 0:
            return []
        field = rest[position + quoted : end]
        fields.append(field.replace('""', '"') if quoted else field)
        position = end + quoted + len(delimiter)
    return fields


def _split_unmatched(text: str, delimiter: str) -> Fields:
    """Every delimiter ends a field, and a quote that begins a field may not be closed."""
    return [_unquoted(field) for field in text.split(delimiter)]


def _unquoted(field: str) -> str:
    if field.startswith('"') and field.count('"') == 1:
        return field[1:]
    return field[1:-1] if len(field) > 1 and field[0] == field[-1] == '"' else field


STANDARD, BACKSLASHES = "", "backslashes"
UNESCAPED, UNMATCHED = "unescaped quotes", "unmatched quotes"
WELL_FORMED: Ways = ((STANDARD, _split_standard), (BACKSLASHES, _split_backslashes))
NOT_ESCAPED: Ways = (
    (UNESCAPED, _split_all_quoted),
    (UNESCAPED, _split_unescaped),
    (UNMATCHED, _split_unmatched),
)
