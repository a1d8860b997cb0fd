"""The peak memory of a process that talks to a hostile peer."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

# What moodpi may take with any peer (MemoryMax of the service is above), in MB.
MAX_PEER_MEMORY = 250
# VmHWM belongs to the process alone; ru_maxrss begins with the value of the process that forked it.
REPORT = """
print("VmHWM", open("/proc/self/status").read().split("VmHWM:")[1].split()[0], flush=True)
"""


def run_measured(code: str, folder: Path, timeout: float = 60) -> tuple[str, int]:
    """Run Python code in a process. Returns its output and its peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={"HOME": str(folder), "STATE_DIRECTORY": str(folder), "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    peak = int(re.findall(r"VmHWM (\d+)", done.stdout)[-1])
    return done.stdout, peak // 1024
