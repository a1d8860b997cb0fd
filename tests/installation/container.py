"""A Debian 12 that boots its own systemd in a systemd-nspawn container; needs root."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.installation.debian_system import DebianSystem
from tests.waiting import wait_for

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
BOOT = ("systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit", "--console=pipe")
COMMAND_TIMEOUT = 600  # seconds
AS_ROOT = ("env", "-i", "PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin", "HOME=/root", "LANG=C.UTF-8")


class Container(DebianSystem):
    """One container. mounts: host folder to its read-only path inside."""

    def __init__(self, root: Path, mounts: dict[Path, str]) -> None:
        self._root = root
        self._binds = [f"--bind-ro={host}:{inside}" for host, inside in mounts.items()]
        self._enter: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def boot(self) -> None:
        unified = {"UNIFIED_CGROUP_HIERARCHY": "1", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self._process = subprocess.Popen(
            [*BOOT, "-D", self._root, *self._binds],
            env={**os.environ, **unified},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._started, "the container boots")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        assert self._enter, "not booted: the command would run on the host"
        return subprocess.run(
            [*self._enter, *AS_ROOT, "sh", "-c", command],
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
            check=False,
        )

    def power_off(self) -> None:
        if self._process is None:
            return
        if self._enter:
            self.run("systemctl poweroff")
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            if leader := self._leader():
                os.kill(int(leader), signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._process, self._enter = None, []

    def _started(self) -> bool:
        # Queried each time: nspawn's first child is replaced by the container's systemd.
        leader = self._leader()
        if not leader:
            return False
        self._enter = ["nsenter", "-t", leader, "-m", "-p", "-u", "-i", "-n", "-C"]
        state = self.run("systemctl is-system-running").stdout.strip()
        return state in ("running", "degraded")

    def _leader(self) -> str:
        assert self._process is not None
        children = ["ps", "-o", "pid=", "--ppid", str(self._process.pid)]
        return subprocess.run(children, capture_output=True, text=True, check=False).stdout.strip()
