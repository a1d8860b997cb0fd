"""How a daemon is doing, as `moodpi status` tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edge.events import Event, PlayingEvent

# A request is an object with the field `command` and that command's arguments.
Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass
class DaemonStatus:
    """What was said last of each kind.

    began: seconds on the machine's monotonic clock. said: the last event of each kind, by its name.
    """

    began: float
    said: dict[str, Event] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Keep the event as the last of its kind. Whoever comes or goes takes the old mood away,
        and its tracks unless one of them is still heard.
        """
        self.said[event.kind] = event
        if event.kind == "presence":
            self.said.pop("mood", None)
            playing = self.said.get("playing")
            if not isinstance(playing, PlayingEvent) or playing.choice is None:
                self.said.pop("tracks", None)

    def to_json(self, now: float) -> dict[str, object]:
        """The fields of `moodpi status --json`, but for the counts. now: as `began`."""
        return {
            "uptime": round(now - self.began, 1),
            **{
                kind: self.said[kind].to_json() if kind in self.said else None
                for kind in ("presence", "mood", "tracks", "playing")
            },
        }
