"""The daemon's events for whoever listens at its socket."""

from __future__ import annotations

import queue

from edge.events import Event, Reporter
from edge.frontends.control.event_history import EventHistory, Message
from moodpi.errors import MoodpiError

# Each has a thread of its own.
MOST_LISTENERS = 16

Ear = queue.SimpleQueue[Message | None]


class Broadcast(Reporter):
    """Puts each event into the ear of every listener and waits for none; None is the last word.

    Only the main loop calls `report` and `join`; each listener takes from its ear in a thread of
    its own, which hangs up on whoever does not read.
    """

    def __init__(self) -> None:
        self._history = EventHistory()
        self._ears: set[Ear] = set()

    def report(self, event: Event) -> None:
        """Tell every listener, but for the status: they are told a fuller one all the time."""
        if event.kind == "status":
            return
        message = event.to_json()
        self._history.append(message)
        for ear in tuple(self._ears):
            ear.put(message)

    def join(self, ear: Ear) -> list[Message]:
        """Listen from now on; what the last hour's moods and presences were, the oldest first.

        Raises MoodpiError where too many listen already.
        """
        if len(self._ears) >= MOST_LISTENERS:
            raise MoodpiError(f"{MOST_LISTENERS} programs listen to moodpi already")
        self._ears.add(ear)
        return self._history.to_json()

    def leave(self, ear: Ear) -> None:
        """Listen no more."""
        self._ears.discard(ear)

    def close(self) -> None:
        """Let everybody go."""
        for ear in tuple(self._ears):
            ear.put(None)
