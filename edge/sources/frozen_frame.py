"""A camera that hangs and repeats its last picture for ever, told from one that sees."""

from __future__ import annotations

import numpy as np

from edge.frame import Frame

# A sensor's noise makes every picture differ, if only in a few pixels; what is the same for so long
# byte for byte is no view of a room, in seconds. A test pattern or a lightless room may look so
# rightly, but shows nobody.
FROZEN = 60.0


class FrozenFrameDetector:
    """How long a camera has shown one and the same picture, however often it was opened."""

    def __init__(self) -> None:
        self._first: Frame | None = None

    def of(self, frame: Frame) -> float:
        """For how many seconds the newest frame has been shown."""
        if self._first is None or not np.array_equal(self._first.grey, frame.grey):
            self._first = frame
        return frame.time - self._first.time
