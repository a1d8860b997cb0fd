"""The states of playback and the transitions between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto


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
