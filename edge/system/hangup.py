"""Being told that the configuration has changed: SIGHUP, as `systemctl reload` sends it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Hangup:
    """Whether one came since it was last `taken`."""

    def __init__(self) -> None:
        self._came = False

    def taken(self) -> bool:
        """Whether one came; from now on it has been seen to."""
        came, self._came = self._came, False
        return came

    def came(self, *_signal: object) -> None:
        self._came = True


@contextmanager
def hangups() -> Iterator[Hangup]:
    """Those that come meanwhile; on a terminal SIGHUP goes on to mean that the terminal closed."""
    hangup = Hangup()
    if sys.stdin is not None and sys.stdin.isatty():
        yield hangup
        return
    before = signal.signal(signal.SIGHUP, hangup.came)
    try:
        yield hangup
    finally:
        signal.signal(signal.SIGHUP, before)
