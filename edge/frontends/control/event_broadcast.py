"""Sends the daemon's events to every subscriber of the control socket."""

from __future__ import annotations

import queue
from typing import Any

from edge.events import Event, Reporter
from edge.frontends.control.event_history import EventHistory
from moodpi.errors import MoodpiError

# Each subscriber has a thread.
MAX_SUBSCRIBERS = 16

# The JSON of events, and None at the end.
Subscription = queue.SimpleQueue[dict[str, Any] | None]


class EventBroadcast(Reporter):
    """Puts every event into the queue of each subscriber, without blocking.

    Only the main loop calls `report` and `subscribe`. Each subscriber reads its queue in a thread
    of its own, which closes the connection of a client that does not read.
    """

    def __init__(self) -> None:
        self._history = EventHistory()
        self._subscriptions: set[Subscription] = set()

    def report(self, event: Event) -> None:
        """Send an event. The final status is omitted: subscribers get the full status regularly."""
        if event.kind == "status":
            return
        document = event.to_json()
        self._history.append(document)
        for subscription in tuple(self._subscriptions):
            subscription.put(document)

    def subscribe(self, subscription: Subscription) -> list[dict[str, Any]]:
        """Send events to this queue from now on; return the history.

        Raises MoodpiError if there are too many subscribers.
        """
        if len(self._subscriptions) >= MAX_SUBSCRIBERS:
            raise MoodpiError(
                f"too many programs receive events: {MAX_SUBSCRIBERS} at most",
                code="too_many_subscribers",
            )
        self._subscriptions.add(subscription)
        return self._history.to_json()

    def unsubscribe(self, subscription: Subscription) -> None:
        """Send no more events to this queue."""
        self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End every subscription."""
        for subscription in tuple(self._subscriptions):
            subscription.put(None)
