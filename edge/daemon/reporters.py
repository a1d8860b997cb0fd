"""Events to people or to programs."""

from __future__ import annotations

import json
import logging
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import TextIO

from edge.events import Event, MoodEvent, PresenceEvent, Reporter, TracksEvent
from edge.players.print_player import track_lines

log = logging.getLogger(__name__)


class LineReporter(Reporter):
    """Writes each event to `out` at once; on a full disk the music goes on without that."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._in_trouble = False

    def report(self, event: Event) -> None:
        """Write the event, flushed; kinds that this reporter leaves out write nothing.

        Raises BrokenPipeError once nobody reads any more.
        """
        try:
            for line in self._lines(event):
                print(line, file=self._out)
            self._out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            if not self._in_trouble:
                log.warning("events cannot be written: %s", error.strerror)
            self._in_trouble = True
        else:
            self._in_trouble = False

    @abstractmethod
    def _lines(self, event: Event) -> list[str]:
        """The event as lines without their ends."""


class JsonReporter(LineReporter):
    """One JSON object a line, for every event."""

    def _lines(self, event: Event) -> list[str]:
        return [json.dumps(event.to_json(), ensure_ascii=False)]


class TextReporter(LineReporter):
    """A line for each change of mood and of presence, and below a mood its tracks.

    stamp: an event's time in words. The status is left out: the log has it.
    """

    def __init__(self, out: TextIO, stamp: Callable[[float], str]) -> None:
        super().__init__(out)
        self._stamp = stamp

    def _lines(self, event: Event) -> list[str]:
        when = self._stamp(event.time)
        if isinstance(event, MoodEvent):
            return [f"{when}  {event.emotion or 'unsure'} {event.confidence:.0%}: {event.why}"]
        if isinstance(event, PresenceEvent):
            return [f"{when}  {'somebody is there' if event.present else 'nobody is there'}"]
        if isinstance(event, TracksEvent):
            return track_lines(event.recommendation)
        return []


def media_stamp(seconds: float) -> str:
    """Minutes, seconds and tenths into a file."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def clock_stamp(seconds: float) -> str:
    """The local time of day of a moment given in seconds since 1970 (UTC)."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))
