"""A Debian system in which moodpi's service is tested."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from tests.conftest import ROOT

ROOTS = ROOT / "build"
# The name of a root, and the packages in it that install.sh would download.
PLAYERS = ("bookworm-players", "mpd", "mpc", "mpv", "ffmpeg", "procps")
PACKAGES = "systemd,systemd-sysv,dbus,python3,python3-venv,libpam-systemd,ca-certificates"


def missing_requirements(*tools: str) -> str:
    """Why a test that needs root and these programs cannot run here; empty if it can."""
    if os.geteuid() != 0:
        return "only root can make and enter another system"
    lacking = [tool for tool in tools if shutil.which(tool) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


def clean_root(name: str, *more: str) -> Path:
    """A clean Debian 12 with more packages, cached under build/`name`.

    Creating it takes two minutes and 300 MB.
    """
    folder = ROOTS / name
    if folder.is_dir():
        return folder
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(exist_ok=True)
    include = f"--include={','.join((PACKAGES, *more))}"
    subprocess.run(
        ["debootstrap", "--variant=minbase", include, "bookworm", partial],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return partial.rename(folder)


def root_copy(clean: Path, folder: Path) -> Path:
    """A copy of the root `clean` inside the empty `folder`."""
    root = folder / "root"
    subprocess.run(["cp", "-a", clean, root], check=True)
    return root


class DebianSystem(ABC):
    """A system that boots its own systemd."""

    @abstractmethod
    def boot(self) -> None:
        """Power on and wait until commands can run."""

    @abstractmethod
    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command inside as root."""

    @abstractmethod
    def power_off(self) -> None:
        """Shut down, cleanly if possible, forced after a timeout."""

    def output(self, command: str) -> str:
        """Standard output of a command that must succeed, stripped."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def property(self, name: str) -> str:
        """One property of moodpi's unit, named as in `systemctl show`."""
        return self.output(f"systemctl show moodpi --property={name} --value")

    def active(self) -> bool:
        """Whether the service is active."""
        return self.property("ActiveState") == "active"
