"""A file played at the pace it was filmed."""

from __future__ import annotations

import time

from edge.frame import Frame
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest


class PacedSource(FrameSource):
    """Holds every frame back until its time has come; a late frame is given at once."""

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
        while (left := due - time.monotonic()) > 0:
            if self._stop.requested:
                return None
            time.sleep(min(left, STOP_POLL_INTERVAL))
        return frame

    def close(self) -> None:
        self._source.close()
