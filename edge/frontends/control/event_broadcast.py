"""Sends the daemon's events to every subscriber of the control socket."""

from __future__ import annotations

import queue
from contextlib import suppress
from typing import Any

from edge.events import Event, Reporter
from edge.frontends.control.event_history import EventHistory
from moodpi.errors import MoodpiError

# Each subscriber has a thread.
MAX_SUBSCRIBERS = 16

# The events that wait for a subscriber that reads slowly. With one more, its subscription ends.
MAX_WAITING_EVENTS = 200


class Subscription(queue.Queue[dict[str, Any] | None]):
    """The JSON of the events for one subscriber, and None at the end. Putting never blocks."""

    def __init__(self) -> None:
        super().__init__(MAX_WAITING_EVENTS + 1)

    def add(self, document: dict[str, Any]) -> bool:
        """Add an event; whether there was room. Without room the subscription ends."""
        if self.qsize() < MAX_WAITING_EVENTS:
            self.put_nowait(document)
            return True
        self.end()
        return False

    def end(self) -> None:
        """Let the subscription end after the events that wait."""
        with suppress(queue.Full):
            self.put_nowait(None)


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
            if not subscription.add(document):
                self.unsubscribe(subscription)

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
            subscription.end()
