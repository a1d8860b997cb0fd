"""A real RTSP server that starts late, is killed, freezes and resumes."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.endurance.daemon_process import Sandbox

# GStreamer's Python bindings are built for Debian's own Python.
PYTHON = "/usr/bin/python3"
PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; "
PROBE += "Gst.init(None); assert all(map(Gst.ElementFactory.find, ('x264enc', 'multifilesrc')))"


class RtspCamera:
    """The address of an RTSP camera and the server behind it."""

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self._port}/camera"

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve the pictures; SIGKILL on exit."""
        script = Path(__file__).with_name("rtsp_server.py")
        server = subprocess.Popen([PYTHON, script, str(self._port), self._pictures])
        try:
            yield server
        finally:
            server.kill()
            server.wait()


@pytest.fixture
def camera(face_pictures: list[bytes], tmp_path: Path) -> RtspCamera:
    if subprocess.run([PYTHON, "-c", PROBE], capture_output=True, check=False).returncode != 0:
        pytest.skip("GStreamer's RTSP server is not installed (.ci/run names the packages)")
    for place, picture in enumerate(face_pictures):
        (tmp_path / f"{place}.jpg").write_bytes(picture)
    return RtspCamera(tmp_path)


def test_an_rtsp_camera_is_reopened_after_each_fault(
    camera: RtspCamera, make_sandbox: Callable[..., Sandbox]
) -> None:
    sandbox = make_sandbox(camera.url)
    with sandbox.running() as daemon:
        daemon.wait_for_log("the camera is lost, trying again")
        with camera.serving():
            seen = daemon.wait_for("tracks")
        seen = daemon.wait_for("presence", seen, present=False)
        with camera.serving() as server:
            seen = daemon.wait_for("tracks", seen)
            server.send_signal(signal.SIGSTOP)
            seen = daemon.wait_for("presence", seen, present=False)
            server.send_signal(signal.SIGCONT)
            daemon.wait_for("tracks", seen)
        assert daemon.terminate() == 0
    assert len(sandbox.log.read_text().splitlines()) <= 3
