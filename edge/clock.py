"""The time of a source: a file's own timestamps, or this machine's time for a live source."""

from __future__ import annotations

import time


class Clock:
    """The source's clock.

    Attributes:
        newest_frame: Time of the newest frame, in seconds on the clock of `monotonic`.

    Args:
        media: Whether the source is a file that is not paced: its frames advance the clock.
    """

    def __init__(self, *, media: bool) -> None:
        self._media = media
        self.newest_frame = 0.0 if media else time.monotonic()

    def advance(self, frame_time: float) -> None:
        """Set the time of the newest frame."""
        self.newest_frame = frame_time

    def timestamp(self) -> float:
        """The time for events: seconds since the start of the file, or since 1970 (UTC)."""
        return self.newest_frame if self._media else time.time()

    def monotonic(self) -> float:
        """The time for durations, in seconds. Setting the machine's clock does not change it."""
        return self.newest_frame if self._media else time.monotonic()

    def local_time(self) -> time.struct_time:
        """The time of day on this machine."""
        return time.localtime()
