"""A source's time: the media's own for a file, this machine's for a camera."""

from __future__ import annotations

import time


class Clock:
    """media: whether the source is a file, whose frames tell the time.

    newest_frame: the time of the newest frame on the source's clock, in seconds.
    """

    def __init__(self, *, media: bool) -> None:
        self._media = media
        self.newest_frame = 0.0 if media else time.monotonic()

    def saw(self, frame_time: float) -> None:
        """A frame of that time came."""
        self.newest_frame = frame_time

    def moment(self) -> float:
        """What events carry: seconds into the media, or since 1970 (UTC)."""
        return self.newest_frame if self._media else time.time()

    def seconds(self) -> float:
        """For durations: it does not go back when somebody sets the machine's clock."""
        return self.newest_frame if self._media else time.monotonic()
