"""Detection of a camera that repeats its last picture."""

from __future__ import annotations

import zlib

from edge.frame import Frame


class FrozenFrameDetector:
    """Measures how long a camera has delivered the same picture, byte for byte.

    A sensor's noise makes every picture differ, if only in a few pixels. The measurement continues
    when the camera is reopened.
    """

    def __init__(self) -> None:
        self._checksum: int | None = None
        self._unchanged_since = 0.0

    def unchanged_seconds(self, frame: Frame) -> float:
        """For how long the camera has delivered the picture of its newest frame, in seconds."""
        # A checksum instead of the picture, which can have 16 MB. If two different pictures have
        # the same one, the next picture ends the measurement.
        checksum = zlib.adler32(frame.grey.data)
        if checksum != self._checksum:
            self._checksum, self._unchanged_since = checksum, frame.time
        return frame.time - self._unchanged_since
