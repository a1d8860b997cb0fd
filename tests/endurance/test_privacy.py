"""No image data is written or sent, verified with strace."""

from __future__ import annotations

import codecs
import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.photos.messages import Request
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera, empty_pictures
from tests.endurance.strace import TRACED, SystemCalls
from tests.waiting import wait_for


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.long)])
def test_no_frame_crop_or_embedding_is_written_or_sent(
    sandbox: Sandbox,
    camera: NetworkCamera,
    face_pictures: list[bytes],
    tmp_path: Path,
    seconds: int,
) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt install strace)")
    trace = tmp_path / "trace"
    strace = ["strace", "-D", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={TRACED}"]
    with sandbox.running(under=strace, PYTHONDONTWRITEBYTECODE="1") as daemon:
        seen = daemon.wait_for("tracks")
        daemon.send_command("calibrate")
        wait_for(lambda: calibration(daemon)["state"] != "running", "the calibration")
        assert calibration(daemon)["state"] == "done"
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # A person leaves, returns, asks for other tracks and aims the camera.
            camera.pictures = empty_pictures(90)
            seen = daemon.wait_for("presence", seen, present=False)
            camera.pictures = face_pictures
            seen = daemon.wait_for("tracks", seen)
            daemon.send_command("next")
            assert daemon.send_command("look")["faces"]
        assert daemon.terminate() == 0
    calls = SystemCalls(trace)

    database_files = {
        f"{sandbox.profile}{companion}" for companion in ("", "-journal", "-wal", "-shm")
    }
    locks = {str(sandbox.state / name) for name in ("daemon.lock", "selection.lock")}
    resting_face = sandbox.state / "resting-face.json"
    written = {*database_files, *locks, f"{resting_face}.part", "/dev/null"}
    assert calls.opened_to_write() == written
    # The process that decodes pictures shares memory with the daemon: a file without a name.
    assert calls.made() == {str(sandbox.state), f"{resting_face}.part", "photo"}
    assert calls.started() == 2
    # Includes files opened by another process and inherited.
    assert {to for to in calls.written_to() if "[" not in to} <= {*written, str(sandbox.log)}

    (port,) = re.findall(r":(\d+)/", camera.url)
    assert calls.called() == {f'htons({port}), sin_addr=inet_addr("127.0.0.1")'}
    # Requests to the camera, events for the page, and the sizes of pictures to decode.
    assert all(
        sent.startswith(("GET /video", '{\\"'))
        or len(codecs.decode(sent, "unicode_escape")) == Request.layout.size
        for sent in calls.sent()
    )

    measured = json.loads(resting_face.read_bytes())
    assert all(isinstance(mean, float) for mean in measured.pop("mean_log_probabilities").values())
    assert set(measured) == {"origin", "model", "sha256", "time", "seconds"}

    with closing(sqlite3.connect(sandbox.profile)) as database:
        kinds = "typeof(entry), typeof(list), typeof(id), typeof(time), typeof(emotion)"
        rows = database.execute(f"SELECT DISTINCT {kinds}, length(id) FROM played").fetchall()  # noqa: S608
    assert rows == [("integer", "integer", "text", "real", "text", 22)]


def calibration(daemon: DaemonProcess) -> Any:
    """The last calibration in the daemon's status."""
    return daemon.send_command("status")["resting_face"]["calibration"]
