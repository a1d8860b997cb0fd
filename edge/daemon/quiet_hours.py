"""The hours of the day without music."""

from __future__ import annotations

import time
from dataclasses import dataclass

from edge.config.names import HOURS


@dataclass(frozen=True)
class QuietHours:
    """A daily range of local time, which may pass midnight.

    begin, end: Minutes since midnight. Equal for an empty range.
    """

    begin: int = 0
    end: int = 0

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """The range in a text such as `22:30-07:00`; an empty range if it has another form."""
        match = HOURS.fullmatch(text)
        if match is None:
            return cls()
        first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
        return cls(60 * first_hour + first_minute, 60 * last_hour + last_minute)

    def include(self, local_time: time.struct_time) -> bool:
        """Whether a local time is in the range."""
        minute = 60 * local_time.tm_hour + local_time.tm_min
        day = 24 * 60
        return (minute - self.begin) % day < (self.end - self.begin) % day

    @property
    def end_time(self) -> str:
        """The end, such as `07:00`."""
        return f"{self.end // 60:02}:{self.end % 60:02}"
