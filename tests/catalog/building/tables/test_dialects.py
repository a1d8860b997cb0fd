"""CSVs as programs write them: encodings, delimiters, and bytes that are no text."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest

pytest.importorskip("pandas")
pytestmark = pytest.mark.workstation

from catalog.building.build import build  # noqa: E402
from tests.raising import raises  # noqa: E402


@pytest.fixture
def text_of(row):
    """Rows with accents in their titles, as the text of a CSV."""

    def make(count: int = 20, delimiter: str = ",", **changes: str) -> str:
        stream = io.StringIO(newline="")
        rows = [row(n, track_name=f"Söng {n} für “Zoë”", **changes) for n in range(count)]
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue()

    return make


@pytest.fixture
def songs(tmp_path) -> Path:
    return tmp_path / "songs.csv"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_finds_out_the_encoding(encoding, found, text_of, songs, build_tracks, tmp_path) -> None:
    songs.write_bytes(text_of().encode(encoding))
    titles = {track["title"] for track in build_tracks(songs).values()}
    assert titles == {f"Söng {n} für “Zoë”" for n in range(20)}
    assert build([songs], tmp_path / "c").found[0].startswith(f"songs.csv: {found}")


def test_an_accent_far_below_decides_the_encoding(text_of, songs, tmp_path) -> None:
    plain = text_of(2000).replace("ö", "o").replace("ü", "u").replace("ë", "e")
    last = plain.replace("“", "'").replace("”", "'").encode() + text_of(1).splitlines()[1].encode(
        "cp1252"
    )
    songs.write_bytes(last)
    built = build([songs], tmp_path / "c")
    assert (built.read, built.rejected.kinds) == (2001, {})
    assert "Windows-1252" in built.found[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_bytes_that_are_not_text_cost_one_row(encoding, text_of, songs, tmp_path) -> None:
    bad = {"utf-8": b"\xe9", "utf-16": b"\x00\xdc", "cp1252": b"\x81"}[encoding]
    before, after = text_of().split("Söng 5")
    if encoding == "cp1252":
        before = before.replace("für", "für £")
    # Without the mark, which only the start of the file has.
    mark = len("".encode(encoding))
    songs.write_bytes(before.encode(encoding) + bad + after.encode(encoding)[mark:])
    built = build([songs], tmp_path / "c")
    assert (built.read, built.tracks) == (20, 19)
    assert built.rejected.examples == {
        "bytes that are not text": ["songs.csv line 7: bytes that are not text"]
    }


@pytest.mark.parametrize(
    ("delimiter", "found"),
    [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")],
)
def test_finds_out_the_delimiter(delimiter, found, text_of, songs, tmp_path) -> None:
    songs.write_text(text_of(delimiter=delimiter, track_artist="A;B|C, D"), "utf-8")
    built = build([songs], tmp_path / "c")
    assert (built.tracks, built.found) == (20, [f"songs.csv: UTF-8, {found}"])


@pytest.mark.parametrize("line", ["sep=~", '"sep=~"', "SEP=~", "sep=~~~"])
def test_uses_the_separator_that_the_first_line_of_excel_states(
    line, text_of, songs, tmp_path
) -> None:
    songs.write_text(f"\n{line}\r\n{text_of(delimiter='~', energy='9')}", "utf-8")
    with raises("no_usable_track") as caught:
        build([songs], tmp_path / "c")
    assert "line 4" in str(caught.value)


def test_reads_a_table_that_a_german_excel_saved(text_of, songs, tmp_path) -> None:
    plain = text_of(delimiter=";", explicit="WAHR", released="", year="31.12.1999")
    header, *lines = plain.splitlines()
    lines = [line.replace(".", ",").replace("31,12,1999", "31.12.1999") for line in lines]
    songs.write_bytes("\r\n".join([header, *lines, ""]).encode("cp1252"))
    built = build([songs], tmp_path / "c")
    assert (built.tracks, dict(built.rejected.unparsed)) == (20, {})
    assert built.found[0].endswith("semicolons, decimal commas")


def test_refuses_pipes_and_folders(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with raises("unreadable_file"):
            build([path], tmp_path / "c")


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"PK\x03\x04", "ZIP archive"),
        (b"\x1f\x8b\x08", "gunzip"),
        (b"SQLite format 3\0", "SQLite"),
        (b"<!DOCTYPE html>\n<html>", "<!DOCTYPE html>"),
    ],
)
def test_names_what_is_not_a_table(start, part, songs, tmp_path) -> None:
    songs.write_bytes(start + b"\0\1\2\n" * 40)
    with raises("not_a_csv") as caught:
        build([songs], tmp_path / "c")
    assert part in str(caught.value)
