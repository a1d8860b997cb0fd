"""A file that is read at its own frame rate, as a camera delivers its frames."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from edge.frame import Frame
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest


class PacedSource(FrameSource):
    """A file as a live source: it delivers only its newest frame, and ends with the file.

    The time of a frame is that of time.monotonic() at which it was due.
    """

    live = True

    def __init__(self, source: FrameSource, stop: StopRequest) -> None:
        self._stop = stop
        self._pacer = _Pacer(source)
        self._newest = NewestFrameSource(self._pacer, stop)
        self._while_waiting: Callable[[], None] = lambda: None

    def call_while_waiting(self, callback: Callable[[], None]) -> None:
        self._while_waiting = callback

    def open(self) -> None:
        self._pacer.interrupted.clear()
        self._newest.open()

    def read(self) -> Frame | None:
        while not self._stop.requested:
            self._while_waiting()
            frame = self._newest.poll(STOP_POLL_INTERVAL)
            if frame is not None or self._newest.finished:
                return frame
        return None

    def close(self) -> None:
        self._pacer.interrupted.set()
        self._newest.close()

    @property
    def dropped(self) -> int:
        return self._newest.dropped


class _Pacer(FrameSource):
    """Delays every frame until it is due; a late frame is delivered immediately.

    interrupted: Set by another thread to end a `read` that waits.
    """

    live = False

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.interrupted = threading.Event()
        self._started = 0.0

    def open(self) -> None:
        self._source.open()
        self._started = time.monotonic()

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            return None
        due = self._started + frame.time
        if self.interrupted.wait(max(0.0, due - time.monotonic())):
            return None
        return replace(frame, time=due)

    def close(self) -> None:
        self._source.close()

    @property
    def dropped(self) -> int:
        return self._source.dropped
