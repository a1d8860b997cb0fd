"""Signals of the process: requests to stop, and SIGHUP as a request to reload."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Blocking calls wake up this often to check for a stop request, in seconds.
STOP_POLL_INTERVAL = 0.2


class StopRequest:
    """A request to stop. It is a plain attribute, so a signal handler cannot deadlock on it."""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        self.requested = True


@contextmanager
def stop_on_signals(*signals: signal.Signals) -> Iterator[StopRequest]:
    """Request a stop at each of `signals`; a repeat of a signal goes to the previous handler."""
    stop = StopRequest()
    previous = {number: signal.getsignal(number) for number in signals}

    def handle(number: int, _frame: FrameType | None) -> None:
        stop.request()
        signal.signal(number, previous[signal.Signals(number)])

    for number in signals:
        signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


class ReloadRequest:
    """A request to reload that is pending until it is taken."""

    def __init__(self) -> None:
        self._pending = False

    def request(self) -> None:
        self._pending = True

    def take(self) -> bool:
        """Whether a request was pending; clears it."""
        pending, self._pending = self._pending, False
        return pending


@contextmanager
def reload_on_hangup() -> Iterator[ReloadRequest]:
    """Request a reload at each SIGHUP.

    If stdin is a terminal, SIGHUP keeps its default effect and reloads nothing.
    """
    reload = ReloadRequest()
    if sys.stdin is not None and sys.stdin.isatty():
        yield reload
        return
    previous = signal.signal(signal.SIGHUP, lambda _number, _frame: reload.request())
    try:
        yield reload
    finally:
        signal.signal(signal.SIGHUP, previous)
