"""The daemon's status as the values of MQTT state topics."""

from __future__ import annotations

import json

from edge.daemon.status import DaemonStatus, TrackJson
from moodpi.text import clean_text

ON, OFF = "ON", "OFF"
UNSURE = "unsure"
# Home Assistant's name for an unknown state.
UNKNOWN = "None"
# The longest state that Home Assistant accepts.
MAX_STATE_LENGTH = 255
# The names of the state topics.
STATES = (
    "mood",
    "confidence",
    "belief",
    "valence",
    "arousal",
    "presence",
    "track",
    "track_details",
    "pause",
    "strategy",
)


def state_values(status: DaemonStatus) -> dict[str, str]:
    """The value of every state topic, by its name."""
    mood, track = status.mood, _current_track(status)
    return {
        "mood": UNKNOWN if mood is None else mood["emotion"] or UNSURE,
        "confidence": UNKNOWN if mood is None else str(mood["confidence"]),
        "belief": UNKNOWN if mood is None else str(mood["belief"]),
        "valence": UNKNOWN if mood is None else str(mood["valence"]),
        "arousal": UNKNOWN if mood is None else str(mood["arousal"]),
        "presence": ON if status.person_present else OFF,
        "track": _name(track) if track else UNKNOWN,
        "track_details": json.dumps(track or {}, ensure_ascii=False),
        "pause": ON if status.paused else OFF,
        "strategy": status.strategy,
    }


def _name(track: TrackJson) -> str:
    return clean_text(f"{track['artist']} - {track['title']}", MAX_STATE_LENGTH)


def _current_track(status: DaemonStatus) -> TrackJson | None:
    """The track that is playing, or else the first of the list."""
    return status.playing_track or next(iter(status.listed_tracks), None)
