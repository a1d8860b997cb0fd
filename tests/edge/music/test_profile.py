"""The listener's file: what it keeps, and what it survives."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from edge.music.profile import FileHistory, ListenerStore, Verdict, read_taste
from edge.music.profile.folder import listener_file
from edge.music.profile.store import PLAYED_KEPT, Feedback
from moodpi.errors import MoodpiError
from tests.conftest import ROOT

KILLS = 10
WRITER = """
import sys
from pathlib import Path
from edge.music.profile import ListenerStore
store = ListenerStore.open(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
    store.remember([f"{number:022}"], "sad")
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "listener.sqlite"


def word(identity: str, verdict: Verdict, **columns) -> Feedback:
    return Feedback("track", identity, f"Song {identity}", verdict, 1.0, "band", **columns)


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def damage(path: Path) -> None:
    with ListenerStore.open(path) as store:
        for number in range(300):
            store.remember([f"{number:022}"], "sad")
    content = bytearray(path.read_bytes())
    content[4096:16384] = b"\xa5" * 12288
    path.write_bytes(content)


def test_the_file_is_in_the_folder_that_systemd_gives(monkeypatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/moodpi:/var/lib/other")
    assert listener_file() == Path("/var/lib/moodpi/listener.sqlite")


def test_otherwise_it_is_in_the_users_state_folder(monkeypatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert listener_file() == Path("/somewhere/moodpi/listener.sqlite")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert listener_file() == Path("/home/me/.local/state/moodpi/listener.sqlite")


def test_what_was_played_is_there_the_next_time(path) -> None:
    with ListenerStore.open(path) as store:
        store.remember(["a", "b"], "sad")
        store.remember(["c", "a"], "happy")
    with ListenerStore.open(path) as store:
        played = store.last_played(["a", "b", "c", "never"])
        assert sorted(played, key=played.__getitem__) == ["b", "c", "a"]
        assert store.last_list() == ["c", "a"]
        assert store.played_count() == 4


def test_the_oldest_of_very_many_are_let_go(path) -> None:
    with ListenerStore.open(path) as store:
        store.remember(["first"], "sad")
        store.remember([f"{number}" for number in range(PLAYED_KEPT)], "sad")
        store.remember(["last"], "sad")
        assert store.last_played(["first", "last"]).keys() == {"last"}


def test_the_latest_word_on_a_track_counts(path) -> None:
    with ListenerStore.open(path) as store:
        before = store.feedback_version()
        store.judge([word("a", Verdict.BAN), word("b", Verdict.LIKE, genre="rock", valence=0.5)])
        store.judge([word("a", Verdict.LIKE)])
        assert store.feedback_version() != before
    with ListenerStore.open(path) as store:
        liked, again = store.feedback()
        assert (liked.key, liked.genre, liked.valence) == ("b", "rock", 0.5)
        assert (again.key, again.verdict) == ("a", Verdict.LIKE)
        store.forget_feedback()
        assert store.feedback() == []


def test_a_skip_leaves_a_ban_and_a_like_takes_it_back(path: Path) -> None:
    with ListenerStore.open(path) as store:
        for said, then in (
            (Verdict.BAN, Verdict.BAN),
            (Verdict.SKIP, Verdict.BAN),
            (Verdict.LIKE, Verdict.LIKE),
            (Verdict.SKIP, Verdict.SKIP),
        ):
            store.judge([word("a", said)])
            assert [found.verdict for found in store.feedback()] == [then]


def test_writes_are_on_the_disk_when_they_return(path) -> None:
    ListenerStore.open(path).close()
    with ListenerStore.open(path) as store:
        assert store._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_killed_writer_loses_nothing_that_it_had_written(path) -> None:
    written: set[str] = set()
    for kill in range(KILLS):
        process = writer(path, kill * 100_000, 100_000)
        for _ in range(5 + 7 * kill):
            written.add(f"{int(process.stdout.readline()):022}")
        process.send_signal(signal.SIGKILL)
        written |= {f"{int(line):022}" for line in process.communicate()[0].splitlines()}
        with ListenerStore.open(path) as store:
            assert store.last_played(written).keys() == written
    assert list(path.parent.glob("*.damaged-*")) == []


def test_two_processes_write_at_once(path) -> None:
    processes = [writer(path, first, 150) for first in (0, 1000)]
    assert [process.wait(60) for process in processes] == [0, 0]
    for process in processes:
        process.communicate()
    with ListenerStore.open(path) as store:
        assert store.played_count() == 300


@pytest.mark.parametrize(
    "content",
    [b"no database at all, only words " * 100, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_what_is_no_database_is_set_aside_and_reported(path, content, caplog) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with ListenerStore.open(path) as store:
        store.remember(["a"], "sad")
    (aside,) = path.parent.glob("listener.sqlite.damaged-*")
    assert aside.read_bytes() == content
    (record,) = caplog.records
    assert f"{path} was damaged" in record.getMessage()
    assert aside.name in record.getMessage()


def test_torn_pages_are_set_aside_and_reported_once(path, caplog) -> None:
    damage(path)
    with FileHistory(path) as history:
        assert history.last_played(["a"]) == {}
        history.remember(["a"], "sad")
        assert history.last_played(["a"]).keys() == {"a"}
    assert len(list(path.parent.glob("listener.sqlite.damaged-*"))) == 1
    assert len(caplog.records) == 1


def test_another_programs_database_is_set_aside(path, caplog) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    ListenerStore.open(path).close()
    assert "another program's" in caplog.text


def test_an_empty_file_is_a_new_one_and_said_to_have_been_lost(path, caplog) -> None:
    path.parent.mkdir()
    path.touch()
    with ListenerStore.open(path) as store:
        assert store.feedback() == []
    assert "was empty, as a full disk or a power cut leaves it" in caplog.text


def test_a_newer_moodpis_file_is_left_alone(path) -> None:
    ListenerStore.open(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(MoodpiError, match="is of version 99, this moodpi reads 1"):
        ListenerStore.open(path)
    assert path.exists()


@pytest.mark.parametrize("folder", ["/proc/moodpi", "/dev/null/moodpi"])
def test_without_a_place_to_write_the_history_lasts_as_long_as_the_process(folder, caplog) -> None:
    with FileHistory(Path(folder) / "listener.sqlite") as history:
        assert not history.taste()
        history.remember(["a", "b"], "sad")
        history.remember(["c"], "sad")
        played = history.last_played(["a", "c", "d"])
    assert played.keys() == {"a", "c"}
    assert played["a"] < played["c"]
    (record,) = caplog.records
    assert "going on without the listener's history" in record.getMessage()


def test_what_could_not_be_written_is_written_later(path, caplog, monkeypatch) -> None:
    monkeypatch.setattr("edge.music.profile.history.PAUSE", 0.0)
    path.parent.write_text("in the way")
    with FileHistory(path) as history:
        history.remember(["a"], "sad")
        path.parent.unlink()
        history.remember(["b"], "sad")
        path.parent.rename(path.parent.with_name("gone"))
    with ListenerStore.open(path.parent.with_name("gone") / path.name) as store:
        assert store.last_played(["a", "b"]).keys() == {"a", "b"}
    assert len(caplog.records) == 1


def test_a_full_disk_is_one_line_and_the_music_goes_on(path, caplog) -> None:
    with FileHistory(path) as history:
        history.remember(["a"], "sad")
        # SQLite refuses to grow the file, as it does where the disk is full.
        history._store._database.execute("PRAGMA max_page_count = 1")
        many = [f"{number:022}" for number in range(2000)]
        history.remember(many, "sad")
        assert history.last_played([*many[:1], "a"]).keys() == {"a", many[0]}
    assert "database or disk is full" in caplog.text
    assert len(caplog.records) == 1


def test_likes_count_where_nothing_can_be_written(path, monkeypatch) -> None:
    with ListenerStore.open(path) as store:
        store.judge([word("a", Verdict.BAN)])
    connect = sqlite3.connect

    def refuse_writing(address, *arguments, **keywords):
        if "mode=ro" not in str(address):
            address = "file:/proc/moodpi.sqlite"
        return connect(address, *arguments, **keywords)

    monkeypatch.setattr("edge.music.profile.opening.sqlite3.connect", refuse_writing)
    assert read_taste(path)


def test_reading_the_taste_makes_no_file(path) -> None:
    assert not read_taste(path)
    assert not path.parent.exists()


def test_a_taste_that_cannot_be_read_is_nobodys(path, caplog) -> None:
    path.mkdir(parents=True)
    assert not read_taste(path)
    assert "going on without likes, skips and bans" in caplog.text


def test_words_of_another_process_are_heard(path) -> None:
    with FileHistory(path) as history:
        assert not history.taste()
        with ListenerStore.open(path) as other:
            other.judge([word("a", Verdict.LIKE)])
        assert history.taste()
        with ListenerStore.open(path) as other:
            other.forget_feedback()
        assert not history.taste()
