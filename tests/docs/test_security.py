"""SECURITY.md names a test for each of its lines, and the tests exist."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import ROOT

PAGE = ROOT / "SECURITY.md"


def table_rows() -> list[list[str]]:
    """The cells of each row below the headers of the tables."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row[0] != "attempt" and set(row[0]) != {"-"}]


def test_every_attacker_has_a_table_and_what_remains() -> None:
    sections = PAGE.read_text().split("\n## Somebody ")[1:]
    assert len(sections) == 7
    for section in sections:
        assert "| attempt | result | test |" in section
        assert "What remains possible: " in section


def test_every_line_names_tests_that_exist() -> None:
    rows = table_rows()
    assert len(rows) > 30
    for attempt, result, tests in rows:
        assert attempt
        assert result
        named = re.findall(r"`(tests/[\w./-]+\.py)`", tests)
        assert named, f"no test: {attempt}"
        for name in named:
            assert "def test_" in (ROOT / Path(name)).read_text(), name
