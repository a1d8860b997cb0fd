"""Any bytes as a table: never a traceback, and every row is kept or named (property-based)."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("pandas")
hypothesis = pytest.importorskip("hypothesis")
pytestmark = pytest.mark.workstation

from hypothesis import strategies as st  # noqa: E402

from catalog.building.build import build  # noqa: E402
from catalog.building.cleaning import clean  # noqa: E402
from catalog.building.columns import TRACK_COLUMNS  # noqa: E402
from catalog.building.tables import Rejection  # noqa: E402
from catalog.building.track_reader import TrackTable  # noqa: E402
from moodpi.errors import MoodpiError  # noqa: E402

FEATURES = ("0.6", "0.7", "-6.1", "0.05", "0.1", "0", "0.12", "0.5", "120.5")
LINE_END = re.compile("[\r\n]")

settings = hypothesis.settings(
    max_examples=80,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
# What breaks tables: quotes in any place, delimiters, escapes, other characters.
broken_text = st.text('",;\t\\ a0.é\0\x85\u2028', max_size=30)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])


def whole_row(number: int, title: str) -> list[str]:
    """A usable row. Its title begins with a mark that occurs in no other line."""
    return [f"{number:022}", f"mark{number}. {title}", f"Band {number}", *FEATURES]


@st.composite
def lines_of_tables(draw) -> list[str]:
    """Lines of a CSV after its header, each with its mark: rows, rows with text in them, others."""
    lines = []
    for number in range(draw(st.integers(0, 8))):
        row = whole_row(number, "")
        match draw(st.integers(0, 3)):
            case 0:
                row[draw(st.integers(1, len(row) - 1))] += draw(broken_text)
                lines.append(",".join(row))
            case 1:
                lines.append(f"mark{number}." + draw(broken_text))
            case _:
                lines.append(",".join(row))
    return lines


def read(path: Path) -> tuple[dict[int, str], list[Rejection]]:
    """The text of each row by its line, and the rejections."""
    texts: dict[int, str] = {}
    rejections: list[Rejection] = []
    for chunk in TrackTable(path).chunks(size=3):
        texts |= {line: " ".join(row) for line, *row in chunk.rows.itertuples()}
        rejections += chunk.rejections
    return texts, rejections


@settings
@hypothesis.given(lines=lines_of_tables(), encoding=encodings, end=st.sampled_from("\n\r"))
def test_every_line_is_in_a_row_or_in_a_rejection(lines, encoding, end, tmp_path) -> None:
    path = tmp_path / "songs.csv"
    text = end.join([",".join(TRACK_COLUMNS), *lines, ""])
    path.write_bytes(text.encode(encoding, "ignore"))
    texts, rejections = read(path)
    for number, line in enumerate(lines, start=2):
        mark = re.search(r"mark\d+\.", line)
        is_kept = any(mark[0] in text for text in texts.values())
        is_named = any(each.first <= number <= each.last for each in rejections)
        assert is_kept or is_named, f"line {number} is lost: {line!r}"
        assert number not in texts or not is_named, f"line {number} is kept and rejected"


@settings
@hypothesis.given(lines=lines_of_tables(), data=st.data())
def test_changed_bytes_are_no_traceback_and_lose_no_row(lines, data, tmp_path) -> None:
    path = tmp_path / "songs.csv"
    content = bytearray("\n".join([",".join(TRACK_COLUMNS), *lines, ""]).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 3))
        content[start:end] = data.draw(st.binary(max_size=4))
    path.write_bytes(content)
    with suppress(MoodpiError):
        table = TrackTable(path)
        table.require(TRACK_COLUMNS)
        for chunk in table.chunks():
            cleaned = clean(chunk.rows, chunk.notation)
            kept, named = list(cleaned.tracks.index), [each.first for each in cleaned.rejections]
            assert sorted(kept + named) == list(chunk.rows.index)


@hypothesis.settings(settings, max_examples=15)
@hypothesis.given(lines=lines_of_tables())
def test_every_row_is_a_track_or_merged_or_rejected(lines, tmp_path) -> None:
    path = tmp_path / "songs.csv"
    whole = ",".join(whole_row(99, "whole"))
    path.write_text("\n".join([",".join(TRACK_COLUMNS), *lines, whole, ""]), newline="")
    built = build([path], tmp_path / "c.sqlite")
    named = built.rejected.kinds.total()
    assert built.read == built.tracks + built.same_id + built.same_song + named
    assert built.tracks >= 1


@settings
@hypothesis.given(content=st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(content, tmp_path) -> None:
    # Hypothesis also tries bytes of the source code, such as those that begin a Parquet file.
    pytest.importorskip("pyarrow")
    path = tmp_path / "songs.csv"
    path.write_bytes(content)
    with pytest.raises(MoodpiError) as caught:
        build([path], tmp_path / "c.sqlite")
    assert "\n" not in str(caught.value)
