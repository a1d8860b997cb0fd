"""When the changed numbers of a mood are worth an event."""

from __future__ import annotations

from edge.mood.affect import Affect
from edge.mood.tracker import Mood

# Seconds between two events, at least.
INTERVAL = 1.0
# The change of valence or arousal, of -1..1, and of a share, of 0..1, that is reported.
MIN_AFFECT_CHANGE = 0.05
MIN_SHARE_CHANGE = 0.05


class AffectReporting:
    """Decides when the numbers of a mood are reported again.

    At most once a second, and only if one of them has changed enough: every interface, MQTT
    included, receives what is reported, and a still face must not fill a broker.
    """

    def __init__(self) -> None:
        self._reported: Mood | None = None
        self._time = 0.0

    def reported(self, mood: Mood, time: float) -> None:
        """The numbers of `mood` were reported at `time`, in seconds on the source's clock."""
        self._reported, self._time = mood, time

    def is_due(self, mood: Mood, time: float) -> bool:
        """Whether the numbers of `mood` should be reported at `time`."""
        if self._reported is None:
            return True
        # A source that starts again sets the clock back.
        return not 0 <= time - self._time < INTERVAL and _differ(mood, self._reported)


def _differ(one: Mood, other: Mood) -> bool:
    here, there = (Affect.from_probabilities(mood.probabilities) for mood in (one, other))
    moved = max(abs(here.valence - there.valence), abs(here.arousal - there.arousal))
    shares = max(abs(one.share - other.share), abs(one.belief - other.belief))
    return moved >= MIN_AFFECT_CHANGE or shares >= MIN_SHARE_CHANGE
