"""A virtual machine with Debian's kernel and its drivers; needs root."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.installation.debian_system import DebianSystem
from tests.waiting import wait_for

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter", "qemu-system-x86_64", "mkfs.ext4")
# The kernel, device naming, and qemu's agent, which runs commands inside.
PACKAGES = ("linux-image-amd64", "udev", "qemu-guest-agent", "alsa-utils")
AGENT = "org.qemu.guest_agent.0"
SIZE = "3G"
# Seconds; the whole processor is emulated.
EMULATION_TIMEOUT = 900


class VirtualMachine(DebianSystem):
    """A root folder as a disk of an emulated computer. folder: for the disk, console and socket."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._disk = folder / "disk.img"
        self._console = folder / "console.txt"
        self._agent_socket = folder / "agent.sock"
        (self._kernel,) = root.glob("boot/vmlinuz-*")
        (self._drivers,) = root.glob("boot/initrd.img-*")
        subprocess.run(["mkfs.ext4", "-q", "-d", root, self._disk, SIZE], check=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._agent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._answers = self._agent.makefile("rb")

    def boot(self) -> None:
        self._process = subprocess.Popen(
            [
                *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max"),
                *("-smp", "2", "-m", "1536", "-display", "none", "-monitor", "none", "-no-reboot"),
                *("-kernel", self._kernel, "-initrd", self._drivers),
                *("-append", "root=/dev/vda rw console=ttyS0 panic=-1"),
                *("-drive", f"file={self._disk},if=virtio,format=raw"),
                *("-serial", f"file:{self._console}"),
                *("-chardev", f"socket,id=agent,path={self._agent_socket},server=on,wait=off"),
                *("-device", "virtio-serial"),
                *("-device", f"virtserialport,chardev=agent,name={AGENT}"),
            ],
            stdin=subprocess.DEVNULL,
        )
        wait_for(self._agent_socket.is_socket, "the virtual machine starts")
        self._agent.settimeout(EMULATION_TIMEOUT)
        self._agent.connect(str(self._agent_socket))
        # The request waits in the socket until the agent starts.
        self._ask("guest-ping")
        wait_for(self._started, "the virtual machine boots", EMULATION_TIMEOUT)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        arguments = {"path": "/bin/sh", "arg": ["-c", command], "capture-output": True}
        started = self._ask("guest-exec", **arguments)
        deadline = time.monotonic() + EMULATION_TIMEOUT
        while not (outcome := self._ask("guest-exec-status", **started))["exited"]:
            assert time.monotonic() < deadline, f"{command}: not within {EMULATION_TIMEOUT} s"
            time.sleep(0.25)
        out, error = (
            base64.b64decode(outcome.get(f"{name}-data", "")).decode() for name in ("out", "err")
        )
        return subprocess.CompletedProcess(command, outcome["exitcode"], out, error)

    def power_off(self) -> None:
        self._answers.close()
        self._agent.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _started(self) -> bool:
        return self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded")

    def _ask(self, command: str, **arguments: object) -> Any:
        """Send one command to the agent and return its reply (QEMU Guest Agent Protocol)."""
        request = {"execute": command, "arguments": arguments}
        self._agent.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self._answers.readline())["return"]
