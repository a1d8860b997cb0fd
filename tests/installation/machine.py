"""A Debian 12 that boots with its own systemd, in a container of this machine; needs root."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.installation.system import System
from tests.waiting import wait_for

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
BOOT = ("systemd-nspawn", "-q", "-b", "--register=no", "--keep-unit", "--console=pipe")
AS_ROOT = ("env", "-i", "PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin", "HOME=/root", "LANG=C.UTF-8")


class Machine(System):
    """One container: booted, spoken to, powered off and on again."""

    def __init__(self, root: Path, seen: dict[Path, str]) -> None:
        self._root = root
        self._seen = [f"--bind-ro={ours}:{theirs}" for ours, theirs in seen.items()]
        self._enter: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def boot(self) -> None:
        unified = {"UNIFIED_CGROUP_HIERARCHY": "1", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self._process = subprocess.Popen(
            [*BOOT, "-D", self._root, *self._seen],
            env={**os.environ, **unified},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._started, "the container boots")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        assert self._enter, "not booted: the command would be this machine's to carry out"
        return subprocess.run(
            [*self._enter, *AS_ROOT, "sh", "-c", command],
            capture_output=True,
            text=True,
            timeout=300,
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
        # Asked anew each time: nspawn's first child only makes way for the container's systemd.
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
