"""A Debian for 64-bit ARM, emulated with a Pi 4's processor; needs root."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

TOOLS = ("debootstrap", "qemu-aarch64-static", "update-binfmts")
PACKAGES = "python3,python3-venv,ca-certificates"
BINFMT = Path("/proc/sys/fs/binfmt_misc")
# LiteRT crashes when it reads the host's /proc/cpuinfo.
CPUINFO = "".join(
    f"""processor\t: {number}
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3

"""
    for number in range(4)
)
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    # The emulator's default processor calculates wrong int8 results.
    "QEMU_CPU": "cortex-a72",
}


def make_arm_root(folder: Path, release: str) -> None:
    """Install a clean Debian `release` for arm64 in `folder`; takes about five minutes."""
    _enable_emulation()
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    debootstrap = ["debootstrap", "--arch=arm64", "--variant=minbase", "--foreign"]
    for command in (
        [*debootstrap, f"--include={PACKAGES}", release, str(partial)],
        ["chroot", str(partial), "/debootstrap/debootstrap", "--second-stage"],
    ):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    partial.rename(folder)


class ArmSystem:
    """A root folder whose programs run under emulation; `running` mounts what they need."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside, without the host's environment variables."""
        return subprocess.run(
            ["chroot", str(self.root), *command],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def output(self, *command: str) -> str:
        """Standard output of a program that must succeed."""
        done = self.run(*command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def running(root: Path) -> Iterator[ArmSystem]:
    """The system in `root` with /proc and /sys mounted and a Pi 4's /proc/cpuinfo."""
    _enable_emulation()
    (root / "cpuinfo").write_text(CPUINFO)
    with ExitStack() as stack:
        for options, source, target in (
            (("-t", "proc"), "proc", root / "proc"),
            (("-t", "sysfs", "-o", "ro"), "sysfs", root / "sys"),
            (("--bind",), root / "cpuinfo", root / "proc" / "cpuinfo"),
        ):
            subprocess.run(["mount", *options, str(source), str(target)], check=True)
            stack.callback(_unmount, target)
        yield ArmSystem(root)


def fetch_aarch64_wheels(folder: Path, python: str, extras: str) -> None:
    """The aarch64 wheels that moodpi and these extras need on that Python."""
    (wheel,) = folder.glob("moodpi-*.whl")
    glibcs = ("2_17", "2_26", "2_27", "2_28", "2_31", "2_34")
    theirs = [
        "--only-binary=:all:",
        f"--python-version={python}",
        "--platform=manylinux2014_aarch64",
        *(f"--platform=manylinux_{glibc}_aarch64" for glibc in glibcs),
    ]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    subprocess.run(
        [*pip, *theirs, "--dest", folder, f"{wheel}[{extras}]" if extras else wheel], check=True
    )


def _unmount(target: Path) -> None:
    subprocess.run(["umount", target], check=True)


def _enable_emulation() -> None:
    if not (BINFMT / "status").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT], check=True)
    subprocess.run(["update-binfmts", "--enable", "qemu-aarch64"], check=True)
