"""A library file with anything in it: it is quarantined, and never used in part."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from edge.music.library import Library
from tests.mutations import FUZZ_SIZES, mutations

SERVER = "MPD at home"
VALID: dict[str, Any] = {
    "format": 3,
    "server": SERVER,
    "version": "5 3",
    "songs": [["a.flac", "A Song", ["A Band"], "1", True], ["b.flac", "B", ["C", "D"], "", False]],
    "playable": {
        "catalog_sha256": "0" * 64,
        "song_count": 2,
        "matched_count": 1,
        "rowids": [5, 7],
        "uris": {"0" * 22: "a.flac"},
    },
}
EXTREMES: list[Any] = [
    None,
    True,
    -1,
    1.5,
    10**30,
    "x",
    "a\nb",
    "\0",
    "x" * 20_000,
    [],
    {},
    [[]],
    {"x": 1},
]
DEEP = "[" * 5000


def load(path: Path) -> Library:
    library = Library(path, SERVER)
    library.load()
    return library


def variants() -> list[str]:
    """The valid file with an extreme value in place of each of its values."""
    found = []
    for value in EXTREMES:
        found += [
            json.dumps({**VALID, key: value})
            for key in ("songs", "playable")
            if (key, value) != ("songs", [])
        ]
        found += [
            json.dumps({**VALID, "playable": {**VALID["playable"], key: value}})
            for key in VALID["playable"]
            if (key, value) not in (("catalog_sha256", "x"), ("rowids", []), ("uris", {}))
        ]
        found += [
            json.dumps({**VALID, "songs": [[*song[:place], value, *song[place + 1 :]]]})
            for song in VALID["songs"][:1]
            for place in range(4)
            if (value != "x" or place == 2) and (place, value) != (2, [])
        ]
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library.json"


def test_a_valid_file_is_loaded(path) -> None:
    path.write_text(json.dumps(VALID))
    library = load(path)
    assert [song.title for song in library.songs] == ["A Song", "B"]
    assert library.playable.rowids == [5, 7]


def test_an_extreme_value_is_quarantined(path, caplog) -> None:
    for text in variants():
        path.write_text(text)
        library = load(path)
        assert (library.songs, library.playable, library.version) == ((), None, ""), text
        assert not path.exists(), text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        DEEP,
        '{"format":' + "9" * 5000 + "}",
        "null",
        "\x00\xff",
        json.dumps(VALID).replace("[5, 7]", "[7, 5]"),
        json.dumps(VALID).replace("[5, 7]", "[0, 5]"),
        json.dumps(VALID).replace('"A Song"', DEEP + "]" * 5000),
        json.dumps({**VALID, "playable": {**VALID["playable"], "extra": 1}}),
    ],
)
def test_a_damaged_file_is_quarantined_with_one_short_line(path, text, caplog) -> None:
    path.write_text(text)
    assert load(path).playable is None
    (damaged,) = path.parent.iterdir()
    assert ".damaged-" in damaged.name
    (record,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(record.getMessage()) < 500
    assert record.exc_info is None


def test_a_file_that_is_too_large_is_quarantined(path, monkeypatch) -> None:
    monkeypatch.setattr("edge.music.library.library.MAX_FILE_BYTES", 100)
    path.write_text(json.dumps(VALID))
    assert load(path).playable is None
    assert not path.exists()


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_bytes_raise_nothing(path, count, caplog) -> None:
    for content in mutations([json.dumps(VALID).encode()], count):
        path.write_bytes(content)
        load(path)
    assert "Traceback" not in caplog.text
