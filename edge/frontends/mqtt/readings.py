"""How the daemon stands, as what is published of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

ON, OFF = "ON", "OFF"
UNSURE = "unsure"
# What Home Assistant takes for unknown.
UNKNOWN = "None"
# Home Assistant keeps no longer state.
LONGEST = 255


def readings(daemon: Mapping[str, Any]) -> dict[str, str]:
    """Every reading by its name. daemon: the fields of `moodpi status --json`."""
    presence, mood = daemon["presence"], daemon["mood"]
    track = _track(daemon)
    return {
        "mood": UNKNOWN if mood is None else mood["emotion"] or UNSURE,
        **{
            name: UNKNOWN if mood is None else str(mood[name])
            for name in ("confidence", "valence", "arousal")
        },
        "presence": ON if presence and presence["present"] else OFF,
        "track": f"{track['artist']} - {track['title']}"[:LONGEST] if track else UNKNOWN,
        "track_details": json.dumps(track or {}, ensure_ascii=False),
        "pause": ON if daemon["paused"] else OFF,
        "strategy": daemon["strategy"],
    }


def _track(daemon: Mapping[str, Any]) -> dict[str, Any] | None:
    """What plays, as far as the player knows; else the first of the tracks that were given."""
    playing, given = daemon["playing"], daemon["tracks"]
    if playing and playing["track"]:
        track: dict[str, Any] = playing["track"]
        return track
    return given["tracks"][0] if given and given["tracks"] else None
