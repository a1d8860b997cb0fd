"""The hours of the day in which there shall be no music."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from edge.config.names import HOURS


@dataclass(frozen=True)
class QuietHours:
    """begin, end: minutes into the day; the same for none. They may go over midnight."""

    begin: int = 0
    end: int = 0

    @classmethod
    def of(cls, text: str) -> QuietHours:
        """From `22:30-07:00`, or from nothing; the setting's rule refuses what is neither."""
        found = re.fullmatch(HOURS, text)
        if found is None:
            return cls()
        first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
        return cls(60 * first_hour + first_minute, 60 * last_hour + last_minute)

    def until(self, now: time.struct_time) -> str:
        """When they end, as `07:00`, if the local time `now` is within them; empty otherwise."""
        minute = 60 * now.tm_hour + now.tm_min
        day = 24 * 60
        within = (minute - self.begin) % day < (self.end - self.begin) % day
        return f"{self.end // 60:02}:{self.end % 60:02}" if within else ""
