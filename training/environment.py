"""The software versions and the machine of a run, saved in its record."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

CPUINFO = Path("/proc/cpuinfo")


def environment() -> dict[str, str | int]:
    """The versions and the machine that are needed to reproduce the run."""
    backend = keras.backend.backend()
    return {
        "python": platform.python_version(),
        "keras": keras.__version__,
        "backend": backend,
        "backend_version": version(backend),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "processors": os.cpu_count() or 1,
    }


def _processor() -> str:
    """The processor's model name from /proc/cpuinfo; empty if it is not listed."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else ""
