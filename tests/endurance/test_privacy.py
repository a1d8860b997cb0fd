"""Nothing of what the camera sees is written or sent, by the kernel's own account (strace)."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.endurance.camera import NetworkCamera, empty_pictures
from tests.endurance.home import Home
from tests.endurance.strace import TRACED, Account


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.long)])
def test_no_frame_crop_or_embedding_is_written_or_sent(
    home: Home, camera: NetworkCamera, somebody: list[bytes], tmp_path: Path, seconds: int
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt install strace)")
    trace = tmp_path / "trace"
    watched = ["strace", "-D", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={TRACED}"]
    with home.running(under=watched, PYTHONDONTWRITEBYTECODE="1") as daemon:
        said = daemon.wait_for("tracks")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # Everything that a run does: somebody comes, goes, asks, and gets tracks.
            camera.pictures = empty_pictures(90)
            said = daemon.wait_for("presence", said, present=False)
            camera.pictures = somebody
            said = daemon.wait_for("tracks", said)
            daemon.ask("next")
        assert daemon.end() == 0
    account = Account(trace)

    kept = {f"{home.listener}{companion}" for companion in ("", "-journal", "-wal", "-shm")}
    written = {*kept, str(home.state / "choosing.lock"), "/dev/null"}
    assert account.opened_to_write() == written
    assert account.made() == {str(home.state)}
    assert account.started() == 1
    # A file that was opened by somebody else and handed on would show here.
    assert {to for to in account.written_to() if "[" not in to} <= {*written, str(home.log)}

    (port,) = re.findall(r":(\d+)/", camera.url)
    assert account.called() == {f'htons({port}), sin_addr=inet_addr("127.0.0.1")'}
    assert all(sent.startswith(("GET /video", '{\\"')) for sent in account.sent())

    with closing(sqlite3.connect(home.listener)) as database:
        kinds = "typeof(entry), typeof(list), typeof(id), typeof(time), typeof(emotion)"
        rows = database.execute(f"SELECT DISTINCT {kinds}, length(id) FROM played").fetchall()  # noqa: S608
    assert rows == [("integer", "integer", "text", "real", "text", 22)]
