"""No image data is written or sent, verified with strace."""

from __future__ import annotations

import codecs
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.photos.messages import Request
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera, empty_pictures
from tests.endurance.strace import TRACED, SystemCalls
from tests.waiting import wait_for

# How strace shows the start of a line with a picture: the size of its chunk and its fields.
JPEG = '\\"jpeg\\":\\"/9j'


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


@pytest.mark.parametrize("allowed", [False, True])
def test_a_picture_leaves_only_by_the_link_of_a_preview_and_once(
    camera: NetworkCamera,
    make_sandbox: Callable[..., Sandbox],
    tmp_path: Path,
    *,
    allowed: bool,
) -> None:
    httpx = pytest.importorskip("httpx")
    pytest.importorskip("uvicorn")
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt install strace)")
    sandbox = make_sandbox(
        camera.url,
        f"[web]\nenabled = true\nport = 0\n[privacy]\npreview = {json.dumps(allowed)}\n",
    )
    trace = tmp_path / "trace"
    strace = ["strace", "-D", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={TRACED}"]
    received = 0
    with sandbox.running(under=strace, PYTHONDONTWRITEBYTECODE="1") as daemon:
        daemon.wait_for("tracks")
        daemon.wait_for_log("moodpi is at ")
        (page,) = re.findall(r"moodpi is at (\S+)/", sandbox.log.read_text())
        answer = daemon.send_command("preview")
        token = answer["link"].partition("#")[2] if allowed else "guess"
        if allowed:
            with httpx.stream("POST", f"{page}/api/preview", json={"token": token}) as stream:
                for line in stream.iter_lines():
                    received += bool(json.loads(line)["jpeg"])
                    if received == 3:
                        break
        else:
            assert answer["code"] == "preview_off"
        # Neither the page nor the link gives any further picture.
        for path in ("", "preview", "api/status"):
            assert httpx.get(f"{page}/{path}").status_code == 200
        refused = httpx.post(f"{page}/api/preview", json={"token": token})
        assert refused.json()["code"] == "wrong_link"
        assert daemon.terminate() == 0
    calls = SystemCalls(trace)
    pictures = [sent for sent in calls.sent() if JPEG in sent]
    # The viewer may leave one picture more unread than it has read.
    assert len(pictures) in ({3, 4, 5} if allowed else {0})
    databases = {f"{sandbox.profile}{suffix}" for suffix in ("", "-journal", "-wal", "-shm")}
    locks = {str(sandbox.state / name) for name in ("daemon.lock", "selection.lock")}
    assert calls.opened_to_write() <= {*databases, *locks, "/dev/null"}


def calibration(daemon: DaemonProcess) -> Any:
    """The last calibration in the daemon's status."""
    return daemon.send_command("status")["resting_face"]["calibration"]
