"""Checks of temperature, power, memory and disk space."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from edge.ops.doctor.result import CheckResult
from edge.system.hardware import temperature, throttling
from moodpi.paths import state_folder

MEMINFO = Path("/proc/meminfo")
AVAILABLE = re.compile(r"^MemAvailable:\s*(\d+) kB", re.MULTILINE)
# What the daemon and its state need, in bytes.
MIN_FREE_MEMORY = 120e6
MIN_FREE_DISK = 50e6


def check_temperature_and_power() -> list[CheckResult]:
    """The temperature and, on a Raspberry Pi, whether heat or low voltage reduces its speed."""
    results = []
    if degrees := temperature():
        results.append(CheckResult("temperature", "ok", degrees))
    if flags := throttling():
        fix = "use a stronger power supply (5 V, 3 A) or a heat sink"
        results.append(
            CheckResult("power and heat", "ok", "never throttled")
            if flags == "none"
            else CheckResult("power and heat", "missing", flags, fix)
        )
    return results


def check_memory_and_disk() -> list[CheckResult]:
    """Free memory, and free disk space in the state folder."""
    results = []
    if found := AVAILABLE.search(_text(MEMINFO)):
        free = int(found[1]) * 1024
        fix = f"close other programs: moodpi needs {MIN_FREE_MEMORY / 1e6:.0f} MB"
        results.append(_check_free("memory", free, MIN_FREE_MEMORY, "free", fix))
    folder = _existing(state_folder())
    free = shutil.disk_usage(folder).free
    results.append(_check_free("disk", free, MIN_FREE_DISK, f"free in {folder}", "delete files"))
    if not os.access(folder, os.W_OK):
        fix = f"sudo chown $USER {folder}"
        results.append(CheckResult("state", "missing", f"{folder} is not writable", fix))
    return results


def _check_free(subject: str, free: float, required: float, where: str, fix: str) -> CheckResult:
    detail = f"{free / 1e6:,.0f} MB {where}"
    if free >= required:
        return CheckResult(subject, "ok", detail)
    return CheckResult(subject, "missing", detail, fix)


def _existing(folder: Path) -> Path:
    """The folder, or its nearest parent that exists."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
