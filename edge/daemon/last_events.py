"""The last event of each kind, for the daemon's status."""

from __future__ import annotations

from typing import Any

from edge.events import Event, PlayingEvent


class LastEvents:
    """Collects events. A later event can make an earlier one obsolete."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}

    def record(self, event: Event) -> None:
        """Keep the event as the last one of its kind.

        A presence event ends the mood, and the list of tracks unless one of them is playing. A
        mood begins with numbers of its own.
        """
        self._events[event.kind] = event
        if event.kind in ("presence", "mood"):
            self._events.pop("affect", None)
        if event.kind == "presence":
            self._events.pop("mood", None)
            playing = self._events.get("playing")
            if not isinstance(playing, PlayingEvent) or playing.track is None:
                self._events.pop("tracks", None)

    def json(self, kind: str) -> Any:  # the JSON types of edge.daemon.status
        """The JSON of the last event of that kind, or None."""
        event = self._events.get(kind)
        return None if event is None else event.to_json()

    def mood_json(self) -> Any:  # the JSON types of edge.daemon.status
        """The JSON of the last mood event with the present numbers; None without a mood."""
        mood, affect = self._events.get("mood"), self._events.get("affect")
        if mood is None:
            return None
        return {**mood.to_json(), **({} if affect is None else affect.fields())}
