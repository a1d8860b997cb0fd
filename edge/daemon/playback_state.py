"""The states of playback and the transitions between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from edge.clock import Clock
from edge.config.settings import PlayerSettings
from edge.daemon.quiet_hours import QuietHours


class PlaybackState(Enum):
    """Whether music plays, and why not."""

    PLAYING = auto()
    PAUSED = auto()
    QUIET_HOURS = auto()
    NOBODY_IN_VIEW = auto()

    @property
    def is_silent(self) -> bool:
        """Whether the player is paused."""
        return self is not PlaybackState.PLAYING


class Trigger(Enum):
    """A command, or a condition that is checked on every tick."""

    PAUSE = auto()
    RESUME = auto()
    QUIET_HOURS_ON = auto()
    QUIET_HOURS_OFF = auto()
    VIEW_EMPTY = auto()
    PERSON_IN_VIEW = auto()


# A trigger that is not listed for a state leaves it unchanged. Only `resume` ends a requested
# pause, and quiet hours take precedence over an empty view.
TRANSITIONS: Mapping[PlaybackState, Mapping[Trigger, PlaybackState]] = {
    PlaybackState.PLAYING: {
        Trigger.PAUSE: PlaybackState.PAUSED,
        Trigger.QUIET_HOURS_ON: PlaybackState.QUIET_HOURS,
        Trigger.VIEW_EMPTY: PlaybackState.NOBODY_IN_VIEW,
    },
    PlaybackState.PAUSED: {
        Trigger.RESUME: PlaybackState.PLAYING,
    },
    PlaybackState.QUIET_HOURS: {
        Trigger.PAUSE: PlaybackState.PAUSED,
        Trigger.QUIET_HOURS_OFF: PlaybackState.PLAYING,
    },
    PlaybackState.NOBODY_IN_VIEW: {
        Trigger.PAUSE: PlaybackState.PAUSED,
        Trigger.QUIET_HOURS_ON: PlaybackState.QUIET_HOURS,
        Trigger.PERSON_IN_VIEW: PlaybackState.PLAYING,
    },
}


def next_state(state: PlaybackState, *triggers: Trigger) -> PlaybackState:
    """The state after these triggers, applied in order."""
    for trigger in triggers:
        state = TRANSITIONS[state].get(trigger, state)
    return state


class PlaybackStateMachine:
    """The state of playback, which follows commands, quiet hours and the person in view.

    Attributes:
        state: The state now.

    Args:
        settings: The section [player], for `quiet_hours` and `pause_after`.
        clock: The source's clock.
    """

    def __init__(self, settings: PlayerSettings, clock: Clock) -> None:
        self.state = PlaybackState.PLAYING
        self._quiet_hours = QuietHours.parse(settings.quiet_hours)
        self._pause_after = settings.pause_after
        self._clock = clock
        self._person_last_seen = clock.monotonic()

    @property
    def reason(self) -> str:
        """Why no music plays, as a message; empty in the state PLAYING."""
        match self.state:
            case PlaybackState.PAUSED:
                return "Paused"
            case PlaybackState.QUIET_HOURS:
                return f"Quiet until {self._quiet_hours.end_time}"
            case PlaybackState.NOBODY_IN_VIEW:
                return "Nobody in view"
            case PlaybackState.PLAYING:
                return ""

    def person_seen(self) -> None:
        """A person is in view."""
        self._person_last_seen = self._clock.monotonic()

    def apply(self, *commands: Trigger) -> None:
        """Apply commands, and then the conditions of this moment."""
        self.state = next_state(self.state, *commands, *self._conditions())

    def _conditions(self) -> tuple[Trigger, Trigger]:
        quiet = self._quiet_hours.include(self._clock.local_time())
        unseen_for = self._clock.monotonic() - self._person_last_seen
        empty = 0 < self._pause_after <= unseen_for
        return (
            Trigger.QUIET_HOURS_ON if quiet else Trigger.QUIET_HOURS_OFF,
            Trigger.VIEW_EMPTY if empty else Trigger.PERSON_IN_VIEW,
        )
