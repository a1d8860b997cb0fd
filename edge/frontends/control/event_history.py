"""The mood and presence events of the last hour."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

HISTORY_SECONDS = 3600.0
HISTORY_KINDS = ("mood", "presence")
# The oldest are dropped, if the mood changes every second.
MAX_EVENTS = 2000

Message = dict[str, Any]


class EventHistory:
    """Mood and presence events as JSON objects, the oldest first.

    It begins with the last event from before the hour, because that one lasts into it.
    """

    def __init__(self, events: Iterable[Message] = ()) -> None:
        self._events = deque(events, MAX_EVENTS)

    def append(self, event: Message) -> None:
        """Add an event, unless it is of another kind, and drop those that are too old."""
        if event["event"] not in HISTORY_KINDS:
            return
        self._events.append(event)
        now = event["time"]
        # Later than now: from before the clock was set back.
        while len(self._events) > 1 and not now - HISTORY_SECONDS < self._events[1]["time"] <= now:
            self._events.popleft()

    def to_json(self) -> list[Message]:
        """All events."""
        return list(self._events)
