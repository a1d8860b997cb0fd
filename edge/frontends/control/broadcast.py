"""The daemon's events for whoever listens at its socket."""

from __future__ import annotations

import queue
from collections import deque
from typing import Any

from edge.events import Event, Reporter
from moodpi.errors import MoodpiError

# How far back a listener is told of moods, in seconds.
COURSE = 3600.0
COURSE_KINDS = ("mood", "presence")
# Each has a thread of its own.
MOST_LISTENERS = 16

Said = dict[str, Any]
Ear = queue.SimpleQueue[Said | None]


class Broadcast(Reporter):
    """Puts each event into the ear of every listener and waits for none; None is the last word.

    Only the main loop calls `report` and `join`; each listener takes from its ear in a thread of
    its own, which hangs up on whoever does not read.
    """

    def __init__(self) -> None:
        self._course: deque[Event] = deque()
        self._ears: set[Ear] = set()

    def report(self, event: Event) -> None:
        """Tell every listener, but for the status: they are told a fuller one all the time."""
        if event.kind == "status":
            return
        if event.kind in COURSE_KINDS:
            self._extend(event)
        for ear in tuple(self._ears):
            ear.put(event.to_json())

    def join(self, ear: Ear) -> list[Said]:
        """Listen from now on; what the last hour's moods and presences were, the oldest first.

        Raises MoodpiError where too many listen already.
        """
        if len(self._ears) >= MOST_LISTENERS:
            raise MoodpiError(f"{MOST_LISTENERS} programs listen to moodpi already")
        self._ears.add(ear)
        return [event.to_json() for event in self._course]

    def leave(self, ear: Ear) -> None:
        """Listen no more."""
        self._ears.discard(ear)

    def close(self) -> None:
        """Let everybody go."""
        for ear in tuple(self._ears):
            ear.put(None)

    def _extend(self, event: Event) -> None:
        self._course.append(event)
        # The last one from before the hour goes on into it; those from after now are of a clock
        # that was set back.
        now = event.time
        while len(self._course) > 1 and not now - COURSE < self._course[1].time <= now:
            self._course.popleft()
