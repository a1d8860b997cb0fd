"""Finding out how a CSV is written: its encoding, its delimiter and where its header is."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from moodpi.errors import MoodpiError

# Stands for bytes that are no text in the encoding. It is never part of a decoded text.
UNDECODABLE = "\udcff"
_ON_ERROR = "moodpi.undecodable"
codecs.register_error(_ON_ERROR, lambda error: (UNDECODABLE, error.end))  # type: ignore[attr-defined]

# Longest first: the mark of UTF-16 begins that of UTF-32.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (not UTF-8: if names look wrong, save the file as UTF-8)",
}
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
CHECKED_BYTES = 65_536
BLOCK_BYTES = 1 << 20
# The first line may tell Excel where to split. Excel fills it up with delimiters when it saves it.
_SEP_LINE = re.compile(r'"?sep=([^\w\s"\\]|\t)"?(?:\1|[,;\t|])*', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written.

    Attributes:
        encoding: A codec of Python.
        delimiter: The character between two fields.
        header: The names of the fields.
        header_line: The line of the header, from 1.
    """

    encoding: str
    delimiter: str
    header: list[str]
    header_line: int

    def open(self, path: Path) -> TextIO:
        """Open a file in this encoding, with any line ends; bad bytes become UNDECODABLE."""
        return path.open(encoding=self.encoding, errors=_ON_ERROR)


def find_dialect(path: Path, known: Callable[[list[str]], int]) -> Dialect:
    """Find out the dialect of the CSV at `path`.

    known: The number of known names in a header. The delimiter that gives the most is used.

    Raises MoodpiError if the file is empty, and OSError if it cannot be read.
    """
    with path.open("rb") as stream:
        encoding = _find_encoding(stream)
        stream.seek(0)
        text = io.TextIOWrapper(stream, encoding=encoding, errors=_ON_ERROR)
        line, number = _first_line(text)
        separator = _SEP_LINE.fullmatch(line)
        if separator:
            line, skipped = _first_line(text)
            number += skipped
    if not line:
        raise MoodpiError(
            f"{path} is empty: expected a table with a header line and tracks", code="empty_csv"
        )
    if separator:
        delimiter = separator[1]
    else:
        delimiter = max(DELIMITERS, key=lambda d: (known(_split(line, d)), line.count(d)))
    return Dialect(encoding, delimiter, _split(line, delimiter), number)


def _find_encoding(stream: BinaryIO) -> str:
    start = stream.read(CHECKED_BYTES)
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    # Most characters of a table are ASCII, so in UTF-16 every second byte is 0.
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[first::2].count(0) > len(start) // 4:
            return encoding
    stream.seek(0)
    return "utf-8" if _is_utf8(stream) else "cp1252"


def _is_utf8(stream: BinaryIO) -> bool:
    """Whether a stream is text in UTF-8, of which a smaller part may be damaged.

    It is not if at least half of what is not ASCII cannot be decoded.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(_ON_ERROR)
    others = undecodable = 0
    while block := stream.read(BLOCK_BYTES):
        text = decoder.decode(block)
        if not text.isascii():
            others += len(text) - len(text.encode("ascii", "ignore"))
            undecodable += text.count(UNDECODABLE)
    return undecodable == 0 or 2 * undecodable < others


def _first_line(text: TextIO) -> tuple[str, int]:
    """The first line with something in it, and its number; an empty text at the end."""
    number = 0
    while line := text.readline(CHECKED_BYTES):
        number += 1
        if line.strip():
            return line.rstrip("\n"), number
    return "", number


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])
