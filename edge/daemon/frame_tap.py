"""Gives other threads a copy of the newest frame when they ask for one."""

from __future__ import annotations

import queue
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box


@dataclass(frozen=True, eq=False)
class SeenFrame:
    """A copy of a frame, uint8 [h, w], and the boxes of the faces that the run sees in it."""

    grey: NDArray[np.uint8]
    faces: tuple[Box, ...]


class FrameTap:
    """The main loop offers every frame; none is copied or kept unless a thread waits for one."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[queue.SimpleQueue[SeenFrame]] = queue.SimpleQueue()

    def offer(self, grey: NDArray[np.uint8], faces: tuple[Box, ...]) -> None:
        """Give a frame to the threads that wait."""
        if self._requests.empty():
            return
        frame = SeenFrame(grey.copy(), faces)
        with suppress(queue.Empty):
            while True:
                self._requests.get_nowait().put(frame)

    def take(self, timeout: float) -> SeenFrame | None:
        """The next frame; None if none arrives within `timeout` seconds."""
        answer: queue.SimpleQueue[SeenFrame] = queue.SimpleQueue()
        self._requests.put(answer)
        with suppress(queue.Empty):
            return answer.get(timeout=timeout)
        return None
