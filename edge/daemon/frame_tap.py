"""Gives other threads a copy of the newest frame when they ask for one."""

from __future__ import annotations

import queue
import threading
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
        self._lock = threading.Lock()
        self._requests: list[queue.SimpleQueue[SeenFrame]] = []

    def offer(self, grey: NDArray[np.uint8], faces: tuple[Box, ...]) -> None:
        """Give a frame to the threads that wait."""
        if not self._requests:
            return
        frame = SeenFrame(grey.copy(), faces)
        with self._lock:
            requests, self._requests = self._requests, []
        for request in requests:
            request.put(frame)

    def take(self, timeout: float) -> SeenFrame | None:
        """The next frame; None if none arrives within `timeout` seconds."""
        request: queue.SimpleQueue[SeenFrame] = queue.SimpleQueue()
        with self._lock:
            self._requests.append(request)
        try:
            return request.get(timeout=timeout)
        except queue.Empty:
            # Without a camera, requests would add up.
            with self._lock, suppress(ValueError):
                self._requests.remove(request)
            return None
