"""Waiting for another process or thread."""

from __future__ import annotations

import time
from collections.abc import Callable

# Seconds; far more than any condition needs.
WAIT_TIMEOUT = 60


def wait_for(condition: Callable[[], object], what: str, seconds: float = WAIT_TIMEOUT) -> None:
    """Wait until `condition` is true; AssertionError that names `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
