"""A Debian that moodpi's service is tried in: it boots, takes commands, and is powered off."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from tests.conftest import ROOT

ROOTS = ROOT / "build"
PACKAGES = "systemd,systemd-sysv,dbus,python3,python3-venv,libpam-systemd,ca-certificates"


def absent(*tools: str) -> str:
    """What keeps a test that needs root and these from running here; empty where nothing does."""
    if os.geteuid() != 0:
        return "only root can make and enter another system"
    lacking = [tool for tool in tools if shutil.which(tool) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


def clean_root(name: str, *more: str) -> Path:
    """A clean Debian 12 with more packages, kept by its name; made in two minutes and 300 MB."""
    folder = ROOTS / name
    if folder.is_dir():
        return folder
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(exist_ok=True)
    include = f"--include={','.join((PACKAGES, *more))}"
    subprocess.run(
        ["debootstrap", "--variant=minbase", include, "bookworm", aside],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return aside.rename(folder)


def root_copy(clean: Path, folder: Path) -> Path:
    """A root of the test's own in an empty `folder`."""
    root = folder / "root"
    subprocess.run(["cp", "-a", clean, root], check=True)
    return root


class System(ABC):
    """One that boots its own systemd."""

    @abstractmethod
    def boot(self) -> None:
        """Power on, and wait until it takes commands."""

    @abstractmethod
    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """A shell command inside, as root would give it."""

    @abstractmethod
    def power_off(self) -> None:
        """An end, orderly where there is a way to it; one that does not come is forced."""

    def said(self, command: str) -> str:
        """What a command that must succeed prints."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def property(self, name: str) -> str:
        """One property of moodpi's unit, as `systemctl show` names it."""
        return self.said(f"systemctl show moodpi --property={name} --value")

    def active(self) -> bool:
        """Whether the service is."""
        return self.property("ActiveState") == "active"
