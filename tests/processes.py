"""What the system says of other processes."""

from __future__ import annotations

from pathlib import Path

ENDED = "Z"


def state(process: int) -> str | None:
    """R where it runs, S where it sleeps, ENDED where it waits to be reaped; None for no such.

    The third field of /proc/PID/stat, proc(5).
    """
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
