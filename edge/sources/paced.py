"""A file that is read at its own frame rate."""

from __future__ import annotations

import time

from edge.frame import Frame
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest


class PacedSource(FrameSource):
    """Delays every frame until its timestamp; a late frame is delivered immediately."""

    live = False

    def __init__(self, source: FrameSource, stop: StopRequest) -> None:
        self._source = source
        self._stop = stop
        self._started = 0.0

    def open(self) -> None:
        self._source.open()
        self._started = time.monotonic()

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            return None
        due = self._started + frame.time
        while (remaining := due - time.monotonic()) > 0:
            if self._stop.requested:
                return None
            time.sleep(min(remaining, STOP_POLL_INTERVAL))
        return frame

    def close(self) -> None:
        self._source.close()

    @property
    def dropped(self) -> int:
        return self._source.dropped
