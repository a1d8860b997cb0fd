"""systemd notifications on a real datagram socket."""

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
    """A socket like systemd's, in the file system or abstract."""
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

    messages = [systemd.recv(1024).decode() for _ in range(3)]
    assert messages == ["READY=1\nSTATUS=looking", "STATUS=happy", "STOPPING=1"]


def test_a_status_is_one_short_line_without_other_messages(systemd):
    notifier = SystemdNotifier()
    notifier.ready("no camera\nMAINPID=1")
    notifier.status("\ud800" + "x" * 100_000)

    messages = [systemd.recv(1024).decode() for _ in range(2)]
    assert messages[0] == "READY=1\nSTATUS=no camera MAINPID=1"
    assert len(messages[1]) < 300


def test_messages_that_nobody_reads_are_dropped_without_waiting(systemd):
    notifier = SystemdNotifier()
    for number in range(1000):
        notifier.status(f"{number}")
    assert systemd.recv(1024) == b"STATUS=0"


@pytest.mark.parametrize("timeout", ["9" * 5000, "\u0663", "-1", "1.5", ""])
def test_an_invalid_watchdog_timeout_means_none(systemd, monkeypatch, timeout):
    monkeypatch.setenv("WATCHDOG_USEC", timeout)
    notifier = SystemdNotifier()
    notifier.watchdog()
    notifier.stopping()
    assert systemd.recv(1024) == b"STOPPING=1"


def test_watchdog_messages_are_limited_to_their_interval(systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    notifier = SystemdNotifier()
    for _ in range(1000):
        notifier.watchdog()
    notifier.stopping()

    assert [systemd.recv(1024).decode() for _ in range(2)] == ["WATCHDOG=1", "STOPPING=1"]


def test_without_systemd_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    SystemdNotifier().ready("looking")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    SystemdNotifier().ready("looking")


def test_a_run_is_ready_and_alive_while_it_waits_for_its_camera(systemd, tmp_path):
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
        messages = [systemd.recv(1024).decode() for _ in range(5)]
    finally:
        running.send_signal(signal.SIGTERM)
        _, log = running.communicate(timeout=20)

    ready, *later = messages
    assert ready == "READY=1\nSTATUS=Nobody in view"
    assert later.count("WATCHDOG=1") == 3
    assert [
        status for status in later if status.startswith("STATUS=the camera is lost: no camera at")
    ]
    assert running.returncode == 0
    assert log.count("the camera is lost, trying again") == 1
