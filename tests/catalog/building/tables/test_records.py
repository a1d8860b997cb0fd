"""Rows of CSVs: ways of quoting, rows of several lines, and rows after broken quotes."""

from __future__ import annotations

import csv
import io

import pytest

from catalog.building.tables.records import MAX_RECORD_LENGTH, Record, RecordReader
from catalog.building.tables.table import Rejection

ROWS = [[str(number), f"Song {number}", "Band", "0.5"] for number in range(1, 8)]


def read(text: str, width: int = 4, delimiter: str = ",") -> list[Record | Rejection]:
    return list(RecordReader(io.StringIO(text, newline=None), delimiter, width, skipped=0))


def kept(text: str, **options) -> list[list[str]]:
    return [record.fields for record in read(text, **options) if isinstance(record, Record)]


def rejected(text: str) -> list[tuple[int, int, int, str]]:
    return [
        (found.first, found.last, found.rows, found.reason.partition(":")[0])
        for found in read(text)
        if isinstance(found, Rejection)
    ]


def written(rows: list[list[str]], quoting=csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting, lineterminator=end).writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("quoting", "end"),
    [
        (csv.QUOTE_MINIMAL, "\n"),
        (csv.QUOTE_MINIMAL, "\r\n"),
        (csv.QUOTE_ALL, "\n"),
        (csv.QUOTE_ALL, "\r"),
    ],
)
def test_reads_what_the_csv_module_writes(quoting, end) -> None:
    texts = ["Hey, you", 'say "hi"', "a\nb", '12" mix', "", "C:\\", 'one\ntwo "2"\n\nfour', '"Hi"']
    rows = [[str(n), *texts[n:], *texts[:n]] for n in range(len(texts))]
    assert kept(written(rows, quoting, end), width=9) == rows


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (r'"1","The \"Best\" Song","Band","0.5"', 'The "Best" Song'),
        (r'"1","\"Heroes\"","Band","0.5"', '"Heroes"'),
        (r"1,Hello\, Goodbye,Band,0.5", "Hello, Goodbye"),
        ('"1","The "Best" Song","Band","0.5"', 'The "Best" Song'),
        ('"1",""Is This It," He Asked","Band","0.5"', '"Is This It," He Asked'),
        ('"1","6\'1"","Band","0.5"', "6'1\""),
        ('1,"The "Best", Song",Band,0.5', None),
        ('1,"A, "Best" Song",Band,0.5', 'A, "Best" Song'),
        ('1,"Heroes" (2017),Band,0.5', '"Heroes" (2017)'),
        ('1,12" mix,Band,0.5', '12" mix'),
        ('1,"Heroes,Band,0.5', "Heroes"),
        ('"1","Heroes,"Band","0.5"', "Heroes"),
        ('1,Song "2,Band,0.5', 'Song "2'),
    ],
)
def test_reads_quotes_as_programs_write_them(line, title) -> None:
    text = f"{line}\n{written(ROWS)}"
    assert [fields[1] for fields in kept(text)] == [
        *([title] if title else []),
        *(row[1] for row in ROWS),
    ]


def test_says_how_rows_are_quoted() -> None:
    text = '1,"a\\"b",c,d\n1,"a"b",c,d\n1,"a\nb",c,d\n1,"a\\"\nb",c,d\n'
    reader = RecordReader(io.StringIO(text), ",", 4, skipped=0)
    assert len(list(reader)) == 4
    assert reader.quoting == {"": 1, "backslashes": 2, "unescaped quotes": 1}


def test_a_quote_that_is_never_closed_costs_its_own_row() -> None:
    lines = written(ROWS).splitlines()
    lines[2] = '3,"Song 3, the best,Band,0.5'
    assert kept("\n".join(lines)) == [*ROWS[:2], *ROWS[3:]]
    assert rejected("\n".join(lines)) == [(3, 3, 1, "broken quotes")]


def test_names_all_lines_that_a_quote_swallowed() -> None:
    lines = written(ROWS).splitlines()
    lines[2:5] = ['3,"Song, 3', "the words, of", "", "a song,,,,"]
    assert kept("\n".join(lines)) == [*ROWS[:2], *ROWS[5:]]
    assert rejected("\n".join(lines)) == [(3, 6, 3, "broken quotes")]


def test_a_quote_that_closes_far_below_merges_no_rows() -> None:
    lines = written(ROWS).splitlines()
    lines[1], lines[5] = '2,"Song 2,Band,0.5', '6,Song 6",Band,0.5'
    assert [fields[0] for fields in kept("\n".join(lines))] == [row[0] for row in ROWS]


def test_the_last_row_may_be_broken() -> None:
    assert rejected(written(ROWS) + '8,"Song\n8') == [(8, 9, 2, "broken quotes")]
    assert rejected(written(ROWS) + '8,"Song') == [(8, 8, 1, "broken quotes")]


def test_a_row_of_several_lines_with_other_fields_is_one_row() -> None:
    text = written([*ROWS[:2], ["3", "a\nb", "Band"], *ROWS[3:]])
    assert rejected(text) == [(3, 4, 1, "wrong number of fields")]


def test_blank_lines_are_no_rows() -> None:
    assert read("\n\n  \n") == []
    assert kept("\n" + written(ROWS, end="\n\n")) == ROWS


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_row_that_is_too_long_costs_one_row(quote) -> None:
    lines = written(ROWS).splitlines()
    lines[2] = f"3,{quote}{'x' * 3 * MAX_RECORD_LENGTH}{quote},Band,0.5"
    assert kept("\n".join(lines)) == [*ROWS[:2], *ROWS[3:]]
    assert rejected("\n".join(lines)) == [(3, 3, 1, "longer than 2,000,000 characters")]


def test_time_is_linear_in_lines_of_open_quotes() -> None:
    text = '1,"\n' * 50_000 + written(ROWS)
    assert kept(text) == ROWS
    assert sum(last - first + 1 for first, last, *_ in rejected(text)) == 50_000
