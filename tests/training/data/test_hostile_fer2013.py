"""Mutated FER2013 files: every row is kept or counted, and no error is anything but one line."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

from moodpi.errors import MoodpiError
from tests.training.data.archives import FORMS, csv_bytes
from training.data.csv_table import CsvTable
from training.data.fer2013_csv import LabelledRows, read_rows

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

LINES = csv_bytes(*[f"{label},{{grey}},Training" for label in range(4)]).splitlines(keepends=True)
# What damages rows: delimiters, quotes, line ends, bytes that are no UTF-8, long fields.
PIECES = (b"", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b";", b" ", b"9", b"x" * 140_000)
# Why a whole file is refused, if its container is not damaged.
REFUSALS = {
    "ambiguous_columns",
    "missing_columns",
    "no_rows",
    "other_numbering",
    "unknown_split",
}
LINE_END = re.compile(rb"\r\n|\r|\n")


@st.composite
def mutations(draw: Any, length: int) -> list[tuple[int, int, bytes]]:
    """Places in `length` bytes from which some bytes are replaced."""
    places = st.one_of(st.integers(0, length), st.integers(max(0, length - 60), length))
    piece = st.one_of(st.sampled_from(PIECES), st.binary(max_size=4))
    one = st.tuples(places, st.integers(0, 4), piece)
    return draw(st.lists(one, max_size=4))


def mutated(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, replaced, piece in changes:
        content = content[:place] + piece + content[place + replaced :]
    return content


def data_rows(csv: bytes) -> int:
    """The lines after the header, without empty ones at the end."""
    lines = [line.strip(b" \t") for line in LINE_END.split(csv)[1:]]
    while lines and not lines[-1]:
        lines.pop()
    return len(lines)


def read(path: Path) -> LabelledRows | MoodpiError:
    try:
        return read_rows(CsvTable(path, ("emotion", "pixels"), ("usage",)))
    except MoodpiError as error:
        return error


@pytest.fixture(scope="module", autouse=True)
def silent():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@hypothesis.settings(max_examples=150, deadline=None, database=None, derandomize=True)
@hypothesis.given(form=st.sampled_from(sorted(FORMS)), data=st.data())
def test_rows_of_a_mutated_csv_are_kept_or_left_out(folder, form, data):
    changes = data.draw(mutations(sum(map(len, LINES))))
    csv = mutated(b"".join(LINES), changes)
    name, packed = FORMS[form]
    path = folder / name
    path.write_bytes(packed(csv))

    rows = read(path)

    if isinstance(rows, MoodpiError):
        assert rows.code in REFUSALS
    else:
        assert len(rows.labels) + len(rows.left_out) == data_rows(csv)


@hypothesis.settings(max_examples=250, deadline=None, database=None, derandomize=True)
@hypothesis.given(form=st.sampled_from(sorted(FORMS)), data=st.data())
def test_a_mutated_archive_is_read_or_refused_in_one_line(folder, form, data):
    name, packed = FORMS[form]
    archive = packed(b"".join(LINES))
    end = data.draw(st.integers(0, len(archive)) | st.just(len(archive)))
    path = folder / f"archive-{name}"
    path.write_bytes(mutated(archive[:end], data.draw(mutations(len(archive)))))

    rows = read(path)

    if isinstance(rows, MoodpiError):
        assert "\n" not in str(rows)
    else:
        assert len(rows.labels) < len(LINES)
