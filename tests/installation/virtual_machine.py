"""A whole virtual machine with Debian's own kernel, and with it drivers of its own; needs root."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.installation.system import System
from tests.waiting import wait_for

TOOLS = ("debootstrap", "systemd-nspawn", "nsenter", "qemu-system-x86_64", "mkfs.ext4")
# Its kernel, what names the devices, and qemu's own agent, which carries out commands.
PACKAGES = ("linux-image-amd64", "udev", "qemu-guest-agent", "alsa-utils")
AGENT = "org.qemu.guest_agent.0"
SIZE = "3G"
# Everything is emulated; in seconds.
PATIENCE = 900


class VirtualMachine(System):
    """A root folder as a disk, booted by an emulated computer; room: a folder for its files."""

    def __init__(self, root: Path, room: Path) -> None:
        self._disk = room / "disk.img"
        self._console = room / "console.txt"
        self._door = room / "agent.sock"
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
                *("-chardev", f"socket,id=agent,path={self._door},server=on,wait=off"),
                *("-device", "virtio-serial"),
                *("-device", f"virtserialport,chardev=agent,name={AGENT}"),
            ],
            stdin=subprocess.DEVNULL,
        )
        wait_for(self._door.is_socket, "the virtual machine is there")
        self._agent.settimeout(PATIENCE)
        self._agent.connect(str(self._door))
        # Kept for the agent until it starts.
        self._ask("guest-ping")
        wait_for(self._started, "the virtual machine boots", PATIENCE)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        arguments = {"path": "/bin/sh", "arg": ["-c", command], "capture-output": True}
        started = self._ask("guest-exec", **arguments)
        deadline = time.monotonic() + PATIENCE
        while not (outcome := self._ask("guest-exec-status", **started))["exited"]:
            assert time.monotonic() < deadline, f"{command}: not within {PATIENCE} s"
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
        """One command of the agent (QEMU Guest Agent Protocol Reference), and its answer."""
        request = {"execute": command, "arguments": arguments}
        self._agent.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self._answers.readline())["return"]
