"""Wrong tokens per client."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

from edge.frontends.web.addresses import client_key
from edge.frontends.web.errors import HttpError

MAX_ATTEMPTS = 10
# In seconds.
ATTEMPTS_WINDOW = 60.0
# The clients that used a wrong token least recently are forgotten first.
MAX_CLIENTS = 1000


class FailedAttempts:
    """Refuses a client after MAX_ATTEMPTS wrong tokens within ATTEMPTS_WINDOW.

    clock: seconds, never decreasing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def check(self, host: str) -> None:
        """Raise HttpError "too_many_attempts" for a client that must wait."""
        times = self._times.get(client_key(host))
        if times is None or len(times) < MAX_ATTEMPTS:
            return
        seconds = times[0] + ATTEMPTS_WINDOW - self._clock()
        if seconds > 0:
            raise HttpError(
                "too_many_attempts",
                "too many wrong tokens from this address: try again in a minute",
                retry_after=math.ceil(seconds),
            )

    def record(self, host: str) -> None:
        """Count one wrong token."""
        key = client_key(host)
        times = self._times.pop(key, deque(maxlen=MAX_ATTEMPTS))
        times.append(self._clock())
        self._times[key] = times
        if len(self._times) > MAX_CLIENTS:
            del self._times[next(iter(self._times))]

    def forget(self, host: str) -> None:
        """Forget the wrong tokens of a client that used the right one."""
        self._times.pop(client_key(host), None)
