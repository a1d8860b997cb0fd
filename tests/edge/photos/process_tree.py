"""Memory and processor time of a process and its children, by proc(5)."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.process_memory import children

SAMPLING_INTERVAL = 0.02
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class ProcessTree:
    """A process and its children. peak: the largest memory in megabytes in a `watched` block."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0.0

    @property
    def pids(self) -> list[int]:
        """The process and its children; empty after its end."""
        if not Path(f"/proc/{self.pid}").exists():
            return []
        return [self.pid, *children(self.pid)]

    @property
    def megabytes(self) -> float:
        """The memory of all processes; what they share counts once."""
        states = [_memory(pid) for pid in self.pids]
        own = sum(state["RssAnon"] for state in states)
        shared = max((state["RssFile"] + state["RssShmem"] for state in states), default=0)
        return (own + shared) / 1024

    @property
    def own_megabytes(self) -> float:
        """The memory that the process itself has allocated."""
        return _memory(self.pid)["RssAnon"] / 1024

    @property
    def cpu_seconds(self) -> float:
        """The processor time of all processes, those that ended included."""
        return sum(_cpu_ticks(pid) for pid in self.pids) / CLOCK_TICKS

    @contextmanager
    def watched(self) -> Iterator[Self]:
        """Measure the peak in the block."""
        self.peak = 0.0
        ended = threading.Event()

        def sample() -> None:
            while not ended.wait(SAMPLING_INTERVAL):
                self.peak = max(self.peak, self.megabytes)

        thread = threading.Thread(target=sample, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()


def _memory(pid: int) -> dict[str, int]:
    """Resident memory in kilobytes, by kind; zeros after the end of the process."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        status = ""
    found = {name: int(size) for name, size in re.findall(r"(Rss\w+):\s+(\d+)", status)}
    return {"RssAnon": 0, "RssFile": 0, "RssShmem": 0, **found}


def _cpu_ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])  # utime, stime, cutime and cstime
