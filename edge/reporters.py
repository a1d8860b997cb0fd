"""Events to people or to programs."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TextIO

from edge.events import Event, MoodEvent, PresenceEvent


class Reporter(ABC):
    """Writes each event to `out` at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def report(self, event: Event) -> None:
        """Write the event, flushed; kinds that this reporter leaves out write nothing."""
        line = self._line(event)
        if line:
            print(line, file=self._out, flush=True)

    @abstractmethod
    def _line(self, event: Event) -> str:
        """The event in one line without its end, or nothing."""


class JsonReporter(Reporter):
    """One JSON object a line, for every event."""

    def _line(self, event: Event) -> str:
        return json.dumps(event.to_json(), ensure_ascii=False)


class TextReporter(Reporter):
    """A line for each change of mood and of presence; the tracks are the player's to write."""

    def __init__(self, out: TextIO, stamp: Callable[[float], str]) -> None:
        super().__init__(out)
        self._stamp = stamp

    def _line(self, event: Event) -> str:
        when = self._stamp(event.time)
        if isinstance(event, MoodEvent):
            return f"{when}  {event.emotion or 'unsure'} {event.confidence:.0%}: {event.why}"
        if isinstance(event, PresenceEvent):
            return f"{when}  {'somebody is there' if event.present else 'nobody is there'}"
        return ""


def media_stamp(seconds: float) -> str:
    """Minutes, seconds and tenths into a file."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def clock_stamp(seconds: float) -> str:
    """The local time of day of a moment given in seconds since 1970 (UTC)."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))
