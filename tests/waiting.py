"""Waiting for what another process does, and for no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

# In seconds; far more than any of it takes.
LONG_ENOUGH = 60


def wait_for(condition: Callable[[], bool], what: str, seconds: float = LONG_ENOUGH) -> None:
    """Until `condition` holds; an AssertionError that names `what` if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.25)
