"""How a daemon is doing, as `moodpi status` tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.events import Event


@dataclass
class Standing:
    """What was said last of each kind, and whether the music is held back.

    began: seconds on the machine's monotonic clock. said: the last event of each kind, by its name.
    """

    began: float
    said: dict[str, Event] = field(default_factory=dict)
    paused: bool = False

    def note(self, event: Event) -> None:
        """Keep the event as the last of its kind; whoever comes or goes takes the old mood away."""
        self.said[event.kind] = event
        if event.kind == "presence":
            self.said.pop("mood", None)
            self.said.pop("tracks", None)

    def to_json(self, now: float) -> dict[str, object]:
        """The fields of `moodpi status --json`, but for the counts. now: as `began`."""
        return {
            "uptime": round(now - self.began, 1),
            "paused": self.paused,
            **{
                kind: self.said[kind].to_json() if kind in self.said else None
                for kind in ("presence", "mood", "tracks")
            },
        }
