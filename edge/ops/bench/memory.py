"""The peak memory of this process."""

from __future__ import annotations

import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")
PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)


def peak_memory() -> int:
    """Peak resident memory in bytes.

    From /proc: getrusage also counts the memory of the parent at the fork. getrusage is the
    fallback without /proc.
    """
    try:
        found = PEAK.search(STATUS.read_text(encoding="utf-8"))
    except OSError:
        found = None
    return 1024 * (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
