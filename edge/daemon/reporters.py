"""Prints the events of a run, as text for people or as JSON."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import TextIO

from edge.events import Event, MoodEvent, PresenceEvent, Reporter, TracksEvent
from edge.players.print_player import track_lines
from edge.system.log_once import LogOnce
from edge.system.signals import StopRequest
from moodpi.output import discard_output, print_json, print_lines

log = logging.getLogger(__name__)


class LineReporter(Reporter):
    """Writes each event to `out` immediately.

    A write error, such as a full disk, is logged once and does not stop the run.

    Attributes:
        reader_has_ended: Whether `out` is a pipe that nobody reads any more.

    Args:
        out: The output.
        stop: Requested when nobody reads the output any more. None: the run continues without it.
    """

    def __init__(self, out: TextIO, stop: StopRequest | None = None) -> None:
        self.reader_has_ended = False
        self._out = out
        self._stop = stop
        self._warnings = LogOnce(log)

    def report(self, event: Event) -> None:
        """Write the event's lines, if it has any."""
        try:
            self._print(event)
        except BrokenPipeError:
            self._handle_end_of_reader()
        except OSError as error:
            self._warnings.warning("events cannot be written: %s", error.strerror)
        else:
            self._warnings.reset()

    def _handle_end_of_reader(self) -> None:
        self.reader_has_ended = True
        discard_output(self._out)
        if self._stop is not None:
            self._stop.request()
        else:
            log.warning("nobody reads the events: they are not printed any more")

    @abstractmethod
    def _print(self, event: Event) -> None:
        """Print the event's lines, if this reporter does not omit it."""


class JsonReporter(LineReporter):
    """Writes each event as one line of JSON."""

    def _print(self, event: Event) -> None:
        print_json(event.to_json(), indent=None, out=self._out)


class TextReporter(LineReporter):
    """Writes a line for each mood and presence event, and the tracks below a mood.

    format_time: Formats an event's time. The final status is omitted, because the log has it.
    """

    def __init__(
        self, out: TextIO, format_time: Callable[[float], str], stop: StopRequest | None = None
    ) -> None:
        super().__init__(out, stop)
        self._format_time = format_time

    def _print(self, event: Event) -> None:
        print_lines(*self._lines(event), out=self._out)

    def _lines(self, event: Event) -> list[str]:
        when = self._format_time(event.time)
        if isinstance(event, MoodEvent):
            mood = event.mood
            numbers = f"belief {mood.belief:.0%}, share {mood.share:.0%}"
            return [f"{when}  {mood.emotion or 'unsure'} ({numbers}): {mood.why}"]
        if isinstance(event, PresenceEvent):
            return [f"{when}  {'Somebody' if event.present else 'Nobody'} in view"]
        if isinstance(event, TracksEvent):
            return track_lines(event.recommendation)
        return []


def format_media_time(seconds: float) -> str:
    """A position in a file, such as `12:34.2`."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def format_local_time(seconds: float) -> str:
    """The local time of day, such as `14:03:22`. seconds: Since 1970 (UTC)."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))
