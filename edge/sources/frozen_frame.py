"""Detection of a camera that repeats its last picture."""

from __future__ import annotations

import numpy as np

from edge.frame import Frame


class FrozenFrameDetector:
    """Measures how long a camera has delivered the same picture, byte for byte.

    A sensor's noise makes every picture differ, if only in a few pixels. The measurement continues
    when the camera is reopened.
    """

    def __init__(self) -> None:
        self._first: Frame | None = None

    def unchanged_seconds(self, frame: Frame) -> float:
        """For how long the camera has delivered the picture of its newest frame, in seconds."""
        if self._first is None or not np.array_equal(self._first.grey, frame.grey):
            self._first = frame
        return frame.time - self._first.time
