"""What systemd hears of the service, on a real datagram socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from edge.system.sd_notify import SystemdNotifier
from tests.conftest import ROOT


@pytest.fixture(params=["file", "abstract"])
def systemd(request, tmp_path, monkeypatch):
    """A socket as systemd would give it, in the file system or abstract."""
    file = request.param == "file"
    address = str(tmp_path / "notify") if file else f"@moodpi-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address if file else f"\0{address[1:]}")
        listener.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        yield listener


def test_each_state_is_one_message(systemd):
    notifier = SystemdNotifier()
    notifier.ready("looking")
    notifier.status("happy")
    notifier.stopping()

    heard = [systemd.recv(1024).decode() for _ in range(3)]
    assert heard == ["READY=1\nSTATUS=looking", "STATUS=happy", "STOPPING=1"]


def test_the_watchdog_is_fed_when_it_wants_and_not_more_often(systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    notifier = SystemdNotifier()
    for _ in range(1000):
        notifier.watchdog()
    notifier.stopping()

    assert [systemd.recv(1024).decode() for _ in range(2)] == ["WATCHDOG=1", "STOPPING=1"]


def test_without_systemd_and_with_one_that_is_gone_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    SystemdNotifier().ready("to nobody")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    SystemdNotifier().ready("to nobody")


def test_a_run_is_ready_before_its_camera_and_lives_while_it_waits_for_one(systemd, tmp_path):
    (tmp_path / "moodpi.toml").write_text('[source]\ndevice = "/dev/video99"\n')
    running = subprocess.Popen(
        [sys.executable, "-m", "moodpi", "run", "--config", str(tmp_path / "moodpi.toml")],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STATE_DIRECTORY": str(tmp_path),
            "WATCHDOG_USEC": "400000",
        },
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        heard = [systemd.recv(1024).decode() for _ in range(5)]
    finally:
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=20)

    ready, *later = heard
    assert ready == "READY=1\nSTATUS=Nobody in view"
    assert later.count("WATCHDOG=1") == 3
    assert [said for said in later if said.startswith("STATUS=the camera is lost: no camera at")]
    assert running.returncode == 0
    assert said.count("the camera is lost, trying again") == 1
