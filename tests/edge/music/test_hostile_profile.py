"""A profile's file with anything in it: it is quarantined, and the daemon plays on."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.music.profile import FileHistory, ProfileStore, Verdict
from edge.music.profile import store as store_module
from edge.music.profile.database import MAX_FILE_BYTES
from edge.music.profile.store import Feedback
from edge.music.profile.summary import summarize_profile
from tests.mutations import FUZZ_SIZES, mutations
from tests.raising import raises

ENDLESS = """
CREATE TRIGGER t AFTER INSERT ON played BEGIN
    INSERT INTO played (list, id, time, emotion) WITH RECURSIVE n(x) AS
    (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT 1, x, 1, 'a' FROM n;
END
"""
DAMAGES = [
    "UPDATE feedback SET popularity = 'x'",
    "UPDATE feedback SET popularity = 10000000",
    "UPDATE feedback SET valence = 'x'",
    "UPDATE feedback SET valence = 9e999",
    "UPDATE feedback SET arousal = x'ff'",
    "UPDATE feedback SET verdict = 'x'",
    "UPDATE feedback SET subject = 'x'",
    "UPDATE feedback SET artist = x'ff'",
    "UPDATE feedback SET label = x'ff'",
    "UPDATE feedback SET label = CAST(x'ff' AS TEXT)",
    "UPDATE feedback SET label = hex(zeroblob(100000))",
    "UPDATE feedback SET decade = 'x'",
    "UPDATE feedback SET time = 'x'",
    "UPDATE feedback SET entry = 9223372036854775807 WHERE entry = 1",
    "UPDATE played SET id = x'ff'",
    "UPDATE played SET id = CAST(x'ff' AS TEXT)",
    "UPDATE played SET id = hex(zeroblob(100000))",
    "UPDATE played SET list = 'x'",
    "UPDATE played SET entry = 9223372036854775807 WHERE entry = 1",
    "UPDATE played SET emotion = x'ff'",
    "DROP TABLE feedback",
    "DROP TABLE played",
    "ALTER TABLE feedback DROP COLUMN valence",
    "ALTER TABLE feedback RENAME TO f; CREATE VIEW feedback AS SELECT * FROM f",
    "ALTER TABLE played RENAME TO p; CREATE VIEW played AS SELECT * FROM p",
    "CREATE VIRTUAL TABLE v USING fts5(x)",
    ENDLESS,
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "listener.sqlite"
    with ProfileStore.open(path) as store:
        store.add_played([f"{number:022}" for number in range(5)], "sad")
        store.add_feedback(
            [
                Feedback(
                    "track", f"{1:022}", "A - B", Verdict.LIKE, 1.0, "b", "rock", 1990, 5, 0.1
                ),
                Feedback("artist", "c", "C", Verdict.BAN, 1.0, "c"),
            ]
        )
    return path


def damage(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)


def use(path: Path) -> None:
    """Do all that a daemon does with the file."""
    with FileHistory(path) as history:
        history.add(["a", "b"], "happy")
        history.last_played(["a"])
        history.taste()
        history.add(["c"], "happy")
        assert set(history.last_played(["a", "b", "c"])) == {"a", "b", "c"}
    summarize_profile(path)


@pytest.mark.parametrize("script", DAMAGES)
def test_a_damaged_profile_is_quarantined_once_and_used_again(path, script, caplog) -> None:
    damage(path, script)
    use(path)
    assert len(list(path.parent.glob("*.damaged-*"))) == 1
    assert caplog.text.count("is damaged") == 1
    assert "Traceback" not in caplog.text
    with ProfileStore.open(path) as store:
        assert store.last_list() == ["c"]


def test_a_huge_file_is_quarantined_without_being_read(path) -> None:
    os.truncate(path, MAX_FILE_BYTES + 1)
    use(path)
    assert len(list(path.parent.glob("listener.sqlite.damaged-*"))) == 1


def test_a_named_pipe_is_not_opened(path) -> None:
    path.unlink()
    os.mkfifo(path)
    with raises("profile_unusable"):
        ProfileStore.open(path)


def test_a_damage_while_the_file_is_open_is_an_error_of_one_call(path, caplog) -> None:
    with FileHistory(path) as history:
        history.add(["a"], "sad")
        damage(path, ENDLESS)
        history.add(["b"], "sad")
        history.add(["c"], "sad")
        assert set(history.last_played(["b", "c"])) == {"b", "c"}
    assert "Traceback" not in caplog.text


def test_feedback_is_limited_and_bans_stay(path, monkeypatch) -> None:
    monkeypatch.setattr(store_module, "MAX_FEEDBACK", 10)
    with ProfileStore.open(path) as store:
        for number in range(30):
            store.add_feedback(
                [Feedback("track", f"{number:022}", "A - B", Verdict.LIKE, 1.0, "b")]
            )
        kept = store.feedback()
        assert len(kept) == 10
        assert [item.key for item in kept[1:]] == [f"{number:022}" for number in range(21, 30)]
        assert [item.key for item in store.feedback(Verdict.BAN)] == ["c"]


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_bytes_raise_nothing(path, count, caplog) -> None:
    content = path.read_bytes()
    assert not path.with_name("listener.sqlite-wal").exists()
    for changed in mutations([content], count // 4):
        path.write_bytes(changed)
        with FileHistory(path) as history:
            history.add(["a"], "happy")
            history.taste()
        for leftover in path.parent.iterdir():
            leftover.unlink()
    assert "Traceback" not in caplog.text


def test_a_file_without_tables_that_cannot_be_written_stays_in_place(path, monkeypatch) -> None:
    path.unlink()
    path.touch()
    real_connect = sqlite3.connect

    def connect(address, **options):
        read_only = address if "mode=ro" in address else f"{address}?mode=ro"
        return real_connect(read_only, **options)

    monkeypatch.setattr(sqlite3, "connect", connect)
    with raises("profile_unusable"):
        ProfileStore.open(path)
    assert path.exists()
    assert list(path.parent.glob("*.damaged-*")) == []
