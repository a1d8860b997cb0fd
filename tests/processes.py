"""The state of other processes."""

from __future__ import annotations

from pathlib import Path

STOPPED, ZOMBIE = "T", "Z"


def process_state(pid: int) -> str | None:
    """The state letter of a process: R running, S sleeping, Z zombie; None if there is none.

    The third field of /proc/PID/stat, proc(5).
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
