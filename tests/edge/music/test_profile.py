"""The profile's file: what it stores, and which failures it survives."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge.music.profile import FileHistory, ProfileStore, Verdict, read_taste
from edge.music.profile.store import MAX_PLAYED, Feedback, profile_file
from tests.conftest import ROOT
from tests.raising import raises

KILLS = 10
WRITER = """
import sys
from pathlib import Path
from edge.music.profile import ProfileStore
store = ProfileStore.open(Path(sys.argv[1]), busy_timeout=30)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
    store.add_played([f"{number:022}"], "sad")
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "listener.sqlite"


def track_feedback(track_id: str, verdict: Verdict, **columns) -> Feedback:
    return Feedback("track", track_id, f"Song {track_id}", verdict, 1.0, "band", **columns)


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def damage(path: Path) -> None:
    with ProfileStore.open(path) as store:
        for number in range(300):
            store.add_played([f"{number:022}"], "sad")
    content = bytearray(path.read_bytes())
    content[4096:16384] = b"\xa5" * 12288
    path.write_bytes(content)


def test_the_file_is_in_the_state_directory_of_systemd(monkeypatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/moodpi:/var/lib/other")
    assert profile_file() == Path("/var/lib/moodpi/listener.sqlite")


def test_without_systemd_the_file_is_in_the_users_state_folder(monkeypatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert profile_file() == Path("/somewhere/moodpi/listener.sqlite")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert profile_file() == Path("/home/me/.local/state/moodpi/listener.sqlite")


def test_played_tracks_are_stored(path) -> None:
    with ProfileStore.open(path) as store:
        store.add_played(["a", "b"], "sad")
        store.add_played(["c", "a"], "happy")
    with ProfileStore.open(path) as store:
        played = store.last_played(["a", "b", "c", "never"])
        assert sorted(played, key=played.__getitem__) == ["b", "c", "a"]
        assert store.last_list() == ["c", "a"]
        assert store.played_count() == 4


def test_the_last_list_is_stored_apart_from_the_played_tracks(path) -> None:
    with ProfileStore.open(path) as store:
        store.add_played(["a", "b"], "sad")
        store.set_last_list(["x", "y", "z"])
        store.add_played(["y"], "sad")
    with ProfileStore.open(path) as store:
        assert store.last_list() == ["x", "y", "z"]
        assert store.played_count() == 3
        store.clear_played()
        assert store.last_list() == []


def test_the_oldest_played_tracks_are_deleted(path) -> None:
    with ProfileStore.open(path) as store:
        store.add_played(["first"], "sad")
        store.add_played([f"{number}" for number in range(MAX_PLAYED)], "sad")
        store.add_played(["last"], "sad")
        assert store.last_played(["first", "last"]).keys() == {"last"}


def test_later_feedback_replaces_earlier(path) -> None:
    with ProfileStore.open(path) as store:
        before = store.feedback_version()
        store.add_feedback(
            [
                track_feedback("a", Verdict.BAN),
                track_feedback("b", Verdict.LIKE, genre="rock", valence=0.5),
            ]
        )
        store.add_feedback([track_feedback("a", Verdict.LIKE)])
        assert store.feedback_version() != before
    with ProfileStore.open(path) as store:
        liked, again = store.feedback()
        assert (liked.key, liked.genre, liked.valence) == ("b", "rock", 0.5)
        assert (again.key, again.verdict) == ("a", Verdict.LIKE)
        store.clear_feedback()
        assert store.feedback() == []


def test_a_like_lifts_a_ban_but_a_skip_does_not(path: Path) -> None:
    with ProfileStore.open(path) as store:
        for verdict, stored in (
            (Verdict.BAN, Verdict.BAN),
            (Verdict.SKIP, Verdict.BAN),
            (Verdict.LIKE, Verdict.LIKE),
            (Verdict.SKIP, Verdict.SKIP),
        ):
            store.add_feedback([track_feedback("a", verdict)])
            assert [item.verdict for item in store.feedback()] == [stored]


def test_writes_are_on_the_disk_when_they_return(path) -> None:
    ProfileStore.open(path).close()
    with ProfileStore.open(path) as store:
        assert store._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store._database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_killed_process_loses_no_written_track(path) -> None:
    written: set[str] = set()
    for kill in range(KILLS):
        process = writer(path, kill * 100_000, 100_000)
        for _ in range(5 + 7 * kill):
            written.add(f"{int(process.stdout.readline()):022}")
        process.send_signal(signal.SIGKILL)
        written |= {f"{int(line):022}" for line in process.communicate()[0].splitlines()}
        with ProfileStore.open(path) as store:
            assert store.last_played(written).keys() == written
    assert list(path.parent.glob("*.damaged-*")) == []


def test_two_processes_write_at_the_same_time(path) -> None:
    processes = [writer(path, first, 150) for first in (0, 1000)]
    assert [process.wait(60) for process in processes] == [0, 0]
    for process in processes:
        process.communicate()
    with ProfileStore.open(path) as store:
        assert store.played_count() == 300


@pytest.mark.parametrize(
    "content",
    [b"not a database " * 200, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_a_file_that_is_not_a_database_is_quarantined(path, content, caplog) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with ProfileStore.open(path) as store:
        store.add_played(["a"], "sad")
    (renamed,) = path.parent.glob("listener.sqlite.damaged-*")
    assert renamed.read_bytes() == content
    (record,) = caplog.records
    assert f"{path} is damaged" in record.getMessage()
    assert renamed.name in record.getMessage()


def test_a_damaged_database_is_quarantined_and_logged_once(path, caplog) -> None:
    damage(path)
    with FileHistory(path) as history:
        assert history.last_played(["a"]) == {}
        history.add(["a"], "sad")
        assert history.last_played(["a"]).keys() == {"a"}
    assert len(list(path.parent.glob("listener.sqlite.damaged-*"))) == 1
    assert len(caplog.records) == 1


def test_the_database_of_another_program_is_quarantined(path, caplog) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    ProfileStore.open(path).close()
    assert "belongs to another program" in caplog.text


def test_an_empty_file_is_created_again_and_logged(path, caplog) -> None:
    path.parent.mkdir()
    path.touch()
    with ProfileStore.open(path) as store:
        assert store.feedback() == []
    assert "is empty after a full disk or a power cut" in caplog.text


def test_a_file_of_moodpi_0_1_0_is_read(path, caplog) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(Path(__file__).with_name("profile-0.1.0.sql").read_text())
    with ProfileStore.open(path) as store:
        assert store.last_list() == [f"{1:022}", f"{2:022}"]
        feedback = [(item.label, item.verdict) for item in store.feedback()]
        assert feedback == [
            ("Song 1 - Band", "like"),
            ("Song 2 - Band", "skip"),
            ("The Other", "ban"),
        ]
        store.add_played([f"{3:022}"], "happy")
        assert store.played_count() == 3
    assert caplog.records == []


def test_a_file_of_a_newer_moodpi_is_not_changed(path) -> None:
    ProfileStore.open(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    with raises("profile_version"):
        ProfileStore.open(path)
    assert path.exists()


@pytest.mark.parametrize("folder", ["/proc/moodpi", "/dev/null/moodpi"])
def test_without_a_writable_folder_the_history_is_held_in_memory(folder, caplog) -> None:
    with FileHistory(Path(folder) / "listener.sqlite") as history:
        assert not history.taste()
        history.add(["a", "b"], "sad")
        history.add(["c"], "sad")
        played = history.last_played(["a", "c", "d"])
    assert played.keys() == {"a", "c"}
    assert played["a"] < played["c"]
    (record,) = caplog.records
    assert "continuing without the history" in record.getMessage()


def test_pending_lists_are_written_later(path, caplog) -> None:
    path.parent.write_text("in the way")
    with FileHistory(path, retry_delay=0.0) as history:
        history.add(["a"], "sad")
        path.parent.unlink()
        history.add(["b"], "sad")
        path.parent.rename(path.parent.with_name("gone"))
    with ProfileStore.open(path.parent.with_name("gone") / path.name) as store:
        assert store.last_played(["a", "b"]).keys() == {"a", "b"}
    assert len(caplog.records) == 1


def test_a_full_disk_is_logged_once(path, caplog) -> None:
    with FileHistory(path) as history:
        history.add(["a"], "sad")
        # SQLite refuses to grow the file, as it does where the disk is full.
        history._store._database.execute("PRAGMA max_page_count = 1")
        many = [f"{number:022}" for number in range(2000)]
        history.add(many, "sad")
        assert history.last_played([*many[:1], "a"]).keys() == {"a", many[0]}
    assert "database or disk is full" in caplog.text
    assert len(caplog.records) == 1


def test_the_taste_of_a_read_only_profile_is_read(path, monkeypatch) -> None:
    with ProfileStore.open(path) as store:
        store.add_feedback([track_feedback("a", Verdict.BAN)])
    connect = sqlite3.connect

    def refuse_writing(address, *arguments, **keywords):
        if "mode=ro" not in str(address):
            address = "file:/proc/moodpi.sqlite"
        return connect(address, *arguments, **keywords)

    monkeypatch.setattr("edge.music.profile.database.sqlite3.connect", refuse_writing)
    assert read_taste(path)


def test_reading_the_taste_creates_no_file(path) -> None:
    assert not read_taste(path)
    assert not path.parent.exists()


def test_a_taste_that_cannot_be_read_is_neutral(path, caplog) -> None:
    path.mkdir(parents=True)
    assert not read_taste(path)
    assert "continuing without likes, skips and bans" in caplog.text


def test_feedback_of_another_process_changes_the_taste(path) -> None:
    with FileHistory(path) as history:
        assert not history.taste()
        with ProfileStore.open(path) as other:
            other.add_feedback([track_feedback("a", Verdict.LIKE)])
        assert history.taste()
        with ProfileStore.open(path) as other:
            other.clear_feedback()
        assert not history.taste()


def test_a_ban_of_an_artist_whose_key_was_another_before_stays(path) -> None:
    """Its key is that of moodpi 0.1.0, which did not equate the apostrophes."""
    name, current = "Cam\u2019ron", "camron"
    ban = Feedback("artist", "cam ron", name, Verdict.BAN, 1.0, "cam ron")
    with ProfileStore.open(path) as store:
        store.add_feedback([ban])
        assert [item.key for item in store.feedback(Verdict.BAN)] == [current]
        store.add_feedback([Feedback("artist", current, name, Verdict.SKIP, 2.0, current)])
        assert [item.verdict for item in store.feedback()] == [Verdict.BAN]
        store.add_feedback([Feedback("artist", current, "Cam'ron", Verdict.LIKE, 3.0, current)])
        assert [item.verdict for item in store.feedback()] == [Verdict.LIKE]
    assert read_taste(path).weights("artist")[0][0] == current
