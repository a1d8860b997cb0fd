"""The time that each step of a request took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class ServerTiming:
    """Seconds per step, sent to the client as a Server-Timing header (W3C Server Timing)."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        """Measure the duration of the block."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[step] = time.perf_counter() - started

    def split(self, step: str, part: str, seconds: float) -> None:
        """List `part`, which took `seconds` of `step`, as a step of its own."""
        self._seconds[step] -= seconds
        self._seconds[part] = seconds

    def total(self) -> float:
        """The sum of all steps, in seconds."""
        return sum(self._seconds.values())

    def header(self) -> dict[str, str]:
        """The header, with durations in milliseconds."""
        steps = (f"{step};dur={seconds * 1e3:.1f}" for step, seconds in self._seconds.items())
        return {"Server-Timing": ", ".join(steps)}
