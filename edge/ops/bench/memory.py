"""The peak memory of this process."""

from __future__ import annotations

import re
import resource
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_memory() -> int:
    """Peak resident memory in bytes.

    From /proc: getrusage also counts the memory of the parent at the fork. getrusage is the
    fallback without /proc.
    """
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB", STATUS.read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return 1024 * (int(found[1]) if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
