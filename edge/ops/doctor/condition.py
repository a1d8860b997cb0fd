"""How the machine is doing: heat, power, memory and disk."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from edge.ops.doctor.finding import Finding
from edge.system.hardware import temperature, throttling
from moodpi.paths import state_folder

MEMORY = Path("/proc/meminfo")
# Less than this is too little for the daemon, and for what it notes, in bytes.
LEAST_MEMORY = 120e6
LEAST_DISK = 50e6


def heat() -> list[Finding]:
    """Temperature, and on a Raspberry Pi whether heat or a weak supply slow it down."""
    findings = []
    if degrees := temperature():
        findings.append(Finding("temperature", "ok", degrees))
    if flags := throttling():
        fix = "a stronger power supply (5 V, 3 A), or a heat sink"
        findings.append(
            Finding("power and heat", "ok", "never throttled")
            if flags == "none"
            else Finding("power and heat", "missing", flags, fix)
        )
    return findings


def room() -> list[Finding]:
    """Memory that is free, and disk where moodpi keeps what it learns."""
    findings = []
    if found := re.search(r"^MemAvailable:\s*(\d+) kB", _text(MEMORY), re.MULTILINE):
        free = int(found[1]) * 1024
        fix = "end other programs: moodpi needs about 110 MB"
        findings.append(_enough("memory", free, LEAST_MEMORY, "free", fix))
    folder = _existing(state_folder())
    free = shutil.disk_usage(folder).free
    findings.append(_enough("disk", free, LEAST_DISK, f"free at {folder}", "delete something"))
    # Whoever may write it all the same, root, is not kept from anything.
    if not os.access(folder, os.W_OK):
        fix = f"sudo chown $USER {folder}"
        findings.append(Finding("state", "missing", f"{folder} may not be written", fix))
    return findings


def _enough(subject: str, free: float, least: float, where: str, fix: str) -> Finding:
    detail = f"{free / 1e6:,.0f} MB {where}"
    if free >= least:
        return Finding(subject, "ok", detail)
    return Finding(subject, "missing", detail, fix)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
