"""A daemon with one hostile peer: a music server, a broker or a camera."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from moodpi.text import CONTROL
from tests.edge.frontends.mqtt import hostile_broker
from tests.edge.peak_memory import MAX_PEER_MEMORY
from tests.edge.players import hostile_mpd
from tests.edge.sources.hostile_camera import HTTP_ATTACKS, RTSP_ATTACKS, hostile_camera, jpeg
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.endurance.network_camera import NetworkCamera
from tests.waiting import wait_for

pytestmark = pytest.mark.system

# How long each peer attacks, in seconds.
ATTACK_SECONDS = 8.0


def attacked(sandbox: Sandbox, seconds: float = ATTACK_SECONDS) -> int:
    """Run a daemon for some time. Returns its peak memory in MB."""
    with sandbox.running() as daemon:
        wait_for(sandbox.socket.exists, "the control socket")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert "frames" in daemon.send_command("status")
            time.sleep(0.5)
        peak = peak_memory(daemon)
        assert daemon.terminate() == 0
    log = sandbox.log.read_text()
    assert "Traceback" not in log
    assert all(CONTROL.search(line) is None for line in log.splitlines())
    assert log.count("\n") < 20
    return peak


def peak_memory(daemon: DaemonProcess) -> int:
    status = Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


@pytest.mark.parametrize(
    "name", ["endless greeting", "endless line", "endless songs", "endless folders", "endless tags"]
)
def test_a_hostile_music_server(
    name: str, make_sandbox: Callable[..., Sandbox], camera: NetworkCamera
) -> None:
    pytest.importorskip("mpd", reason="needs moodpi[mpd]")
    with hostile_mpd.hostile_mpd(*hostile_mpd.ATTACKS[name]) as address:
        player = f'[player]\nkind = "mpd"\nmpd = "{address}"\n'
        assert attacked(make_sandbox(camera.url, player)) < MAX_PEER_MEMORY


@pytest.mark.parametrize(
    "name", ["a message of 256 MB", "unreleased messages", "a topic that is no UTF-8", "a flood"]
)
def test_a_hostile_broker(
    name: str, make_sandbox: Callable[..., Sandbox], camera: NetworkCamera
) -> None:
    pytest.importorskip("paho.mqtt", reason="needs moodpi[mqtt]")
    with hostile_broker.hostile_broker(attack=hostile_broker.ATTACKS[name]) as broker:
        broker.attacked_connections = 1000
        mqtt = f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nid = "kitchen"\n'
        assert attacked(make_sandbox(camera.url, mqtt)) < MAX_PEER_MEMORY


@pytest.mark.parametrize(
    ("scheme", "name", "shape"),
    [
        ("http", "a part of 2 GB", None),
        ("http", "frames of 16000", (16_000, 16_000, 1)),
        ("http", "frames of 4096", (4096, 4096)),
        ("rtsp", "an SDP of 2 GB", None),
    ],
)
def test_a_hostile_camera(
    scheme: str, name: str, shape: tuple[int, ...] | None, make_sandbox: Callable[..., Sandbox]
) -> None:
    if shape is not None:
        jpeg(*shape)
    attack = HTTP_ATTACKS[name] if scheme == "http" else RTSP_ATTACKS[name]
    with hostile_camera(attack, scheme) as camera:
        sandbox = make_sandbox(f"{scheme}://127.0.0.1:{camera.port}/video")
        sandbox.configuration.write_text(
            sandbox.configuration.read_text().replace("timeout = 1", "timeout = 5")
        )
        assert attacked(sandbox) < MAX_PEER_MEMORY
