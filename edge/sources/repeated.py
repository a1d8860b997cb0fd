"""A file that begins again at its end."""

from __future__ import annotations

from dataclasses import replace

from edge.frame import Frame
from edge.sources.source import FrameSource

# How long the only frame of a file lasts, in seconds.
ONLY_FRAME = 0.2


class RepeatedSource(FrameSource):
    """A file without an end. The times of its frames, and their numbers, go on at each beginning.

    The last frame lasts as long as the one before it.
    """

    live = False

    def __init__(self, source: FrameSource) -> None:
        self._source = source

    def open(self) -> None:
        self._source.open()
        self._begin, self._time, self._step, self._index = 0.0, 0.0, ONLY_FRAME, -1

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            self._source.close()
            self._source.open()
            self._begin = self._time + self._step
            frame = self._source.read()
            if frame is None:
                return None
        elif self._index >= 0:
            self._step = self._begin + frame.time - self._time
        self._time = self._begin + frame.time
        self._index += 1
        return replace(frame, time=self._time, index=self._index)

    def close(self) -> None:
        self._source.close()

    @property
    def dropped(self) -> int:
        return self._source.dropped
