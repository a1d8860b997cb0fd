"""Signals of the process: a request to stop, and SIGHUP, a request to reload."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# How long a wait may take to notice that a stop was requested, in seconds.
STOP_POLL_INTERVAL = 0.2


class StopRequest:
    """A request to end soon. A plain attribute, so that a signal handler can never dead-lock."""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        self.requested = True


@contextmanager
def stop_on_signals(*signals: signal.Signals) -> Iterator[StopRequest]:
    """The first of `signals` requests the stop; a second one ends the process the usual way."""
    stop = StopRequest()
    before = {number: signal.getsignal(number) for number in signals}

    def handle(number: int, _frame: FrameType | None) -> None:
        stop.request()
        signal.signal(number, before[signal.Signals(number)])

    for number in signals:
        signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class ReloadRequest:
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
def hangups() -> Iterator[ReloadRequest]:
    """Those that come meanwhile; on a terminal SIGHUP goes on to mean that the terminal closed."""
    hangup = ReloadRequest()
    if sys.stdin is not None and sys.stdin.isatty():
        yield hangup
        return
    before = signal.signal(signal.SIGHUP, hangup.came)
    try:
        yield hangup
    finally:
        signal.signal(signal.SIGHUP, before)
