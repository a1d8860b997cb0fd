"""One daemon for each state folder, in processes that end in every way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.daemon.daemon_lock import LOCK_FILE, daemon_lock
from tests.conftest import ROOT
from tests.raising import raises

HOLDER = """
import sys, subprocess
from pathlib import Path
from edge.daemon.daemon_lock import daemon_lock
with daemon_lock(Path(sys.argv[1])):
    child = subprocess.Popen(["sleep", "60"])
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that holds the lock, and the id of a program that it has started."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    child = int(process.stdout.readline())
    try:
        yield process, child
    finally:
        process.kill()
        process.wait()
        os.kill(child, signal.SIGKILL)


def test_a_second_process_is_refused_with_the_id_of_the_first(tmp_path) -> None:
    with holder(tmp_path) as (process, _):
        for _ in range(2):
            with raises("already_running") as raised, daemon_lock(tmp_path):
                pytest.fail("two locks")
            assert f" as process {process.pid} " in str(raised.value)
            assert "\n" not in str(raised.value)


def test_the_lock_of_a_killed_process_is_free_even_if_its_programs_live_on(tmp_path) -> None:
    with holder(tmp_path) as (process, _):
        process.kill()
        process.wait()
        with daemon_lock(tmp_path):
            assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_a_lock_can_be_held_again(tmp_path) -> None:
    for _ in range(3):
        with daemon_lock(tmp_path / "new"):
            pass


def test_other_folders_have_other_locks(tmp_path) -> None:
    with daemon_lock(tmp_path / "a"), daemon_lock(tmp_path / "b"):
        pass


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"\x1b[31m", b"\xff\xfe", b"-1"])
def test_the_content_of_the_file_does_not_matter(tmp_path, content) -> None:
    with daemon_lock(tmp_path):
        (tmp_path / LOCK_FILE).write_bytes(content)
        with raises("already_running") as raised, daemon_lock(tmp_path):
            pytest.fail("two locks")
        assert str(raised.value).startswith("moodpi is already running with the state in")


def test_a_link_to_another_file_is_not_followed(tmp_path, caplog) -> None:
    other = tmp_path / "other"
    other.write_text("precious")
    (tmp_path / LOCK_FILE).symlink_to(other)
    with daemon_lock(tmp_path):
        assert other.read_text() == "precious"
    assert caplog.text.count("another moodpi cannot be detected") == 1


def test_without_a_folder_one_line_is_logged(tmp_path, caplog) -> None:
    (tmp_path / "file").write_text("in the way")
    with daemon_lock(tmp_path / "file" / "state"):
        pass
    assert len(caplog.records) == 1
