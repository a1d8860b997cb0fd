"""The rows of a CSV: dialects, and lines that are no rows."""

from __future__ import annotations

import pytest

from tests.raising import raises
from training.data import csv_table as module
from training.data.csv_table import MAX_LINE, CsvTable


@pytest.fixture
def table(tmp_path):
    """Open a CSV with the columns a and b, and maybe usage."""

    def table(content: bytes) -> CsvTable:
        path = tmp_path / "t.csv"
        path.write_bytes(content)
        return CsvTable(path, ("a", "b"), ("usage",))

    return table


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "\ufeffa,b\r\n1,2\r\n",
        "a,b\r1,2\r",
        " A , B \n1,2",
        '"a","b"\n"1","2"\n\n\n',
        "b;a\n2;1\n",
        "x\tb\ta\n0\t2\t1\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dialects_read_the_same(table, text, encoding):
    rows = list(table(text.removeprefix("\ufeff" * (encoding == "utf-16")).encode(encoding)))

    assert [(row.line, dict(row.cells), row.problem) for row in rows] == [
        (2, {"a": "1", "b": "2"}, "")
    ]


@pytest.mark.parametrize("name", ["Usage", "usage", " Usage", "split", "Set"])
def test_names_of_the_split_column(table, name):
    assert table(f"a,b,{name}\n".encode()).columns == {"a", "b", "usage"}


def test_every_line_is_a_row_or_has_a_problem(table):
    lines = [b"1,2", b"", b"1,\xff", b'1,"2', b"x" * MAX_LINE * 2, b"3", b" ", b"4,5,6", b"", b""]

    rows = list(table(b"a,b\n" + b"\n".join(lines)))

    assert [(row.line, row.problem or row.cells["a"]) for row in rows] == [
        (2, "1"),
        (3, "empty"),
        (4, "not UTF-8 text"),
        (5, "1"),
        (6, "longer than 131,072 characters"),
        (7, "3"),
        (8, "empty"),
        (9, "4"),
    ]
    assert rows[5].cells == {"a": "3", "b": ""}


def test_columns_that_are_missing_or_repeated_are_named(table):
    with raises("missing_columns") as caught:
        table(b"a,c,d e\n")
    assert "lacks the columns b" in str(caught.value)
    assert "a, c, d e" in str(caught.value)
    with raises("missing_columns"):
        table(b"")
    with raises("ambiguous_columns"):
        table(b"a,b,Usage, usage\n")


def test_endless_lines_are_refused(table, monkeypatch):
    monkeypatch.setattr(module, "MAX_LINES", 10)
    with raises("file_too_large"):
        list(table(b"a,b\n" + b"\n" * 11))
