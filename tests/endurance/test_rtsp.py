"""A real RTSP server that is late, killed, frozen and there again."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.endurance.home import Home

# Debian's own, for which GStreamer's bindings are built.
PYTHON = "/usr/bin/python3"
PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; "
PROBE += "Gst.init(None); assert all(map(Gst.ElementFactory.find, ('x264enc', 'multifilesrc')))"


class RtspCamera:
    """One address, and whatever serves it."""

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self._port}/camera"

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """Killed at the end, as by a power cut."""
        script = Path(__file__).with_name("rtsp_server.py")
        server = subprocess.Popen([PYTHON, script, str(self._port), self._pictures])
        try:
            yield server
        finally:
            server.kill()
            server.wait()


@pytest.fixture
def camera(somebody: list[bytes], tmp_path: Path) -> RtspCamera:
    if subprocess.run([PYTHON, "-c", PROBE], capture_output=True, check=False).returncode != 0:
        pytest.skip("GStreamer's RTSP server is not installed (.ci/run names the packages)")
    for place, picture in enumerate(somebody):
        (tmp_path / f"{place}.jpg").write_bytes(picture)
    return RtspCamera(tmp_path)


def test_a_server_that_is_late_killed_and_frozen_is_seen_again_each_time(
    camera: RtspCamera, make_home: Callable[..., Home]
) -> None:
    home = make_home(camera.url)
    with home.running() as daemon:
        daemon.wait_for_log("the camera is lost, trying again")
        with camera.serving():
            said = daemon.wait_for("tracks")
        said = daemon.wait_for("presence", said, present=False)
        with camera.serving() as server:
            said = daemon.wait_for("tracks", said)
            server.send_signal(signal.SIGSTOP)
            said = daemon.wait_for("presence", said, present=False)
            server.send_signal(signal.SIGCONT)
            daemon.wait_for("tracks", said)
        assert daemon.end() == 0
    assert len(home.log.read_text().splitlines()) <= 3
