"""The machine a figure was taken on, in one line."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def describe() -> str:
    """Processor, cores, system and Python."""
    cpuinfo = Path("/proc/cpuinfo")
    names = (
        re.findall(r"(?:model name|Model)\s*: (.+)", cpuinfo.read_text())
        if cpuinfo.exists()
        else []
    )
    processor = names[0] if names else platform.processor()
    return (
        f"{processor}, {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}"
    )
