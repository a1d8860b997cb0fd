"""Keys of moodpi.toml that have a new name or none. An old key is an error that says so."""

from __future__ import annotations

from types import MappingProxyType

# Since 0.2.0, dotted old name to dotted new name. A renamed key stays in its section.
RENAMED = MappingProxyType(
    {
        "faces.smallest_face": "faces.min_face_size",
        "faces.neighbours": "faces.min_neighbours",
        "mood.patience": "mood.unsure_timeout",
        "recommend.without_artists": "recommend.excluded_artists",
        "recommend.least_popularity": "recommend.min_popularity",
        "player.quiet": "player.quiet_hours",
        "web.with_run": "web.enabled",
    }
)

# Since 0.2.0, dotted key to what replaces it.
REMOVED = MappingProxyType(
    {
        "mood.dwell": "a mood needs the belief `enter` and no time",
        "mood.floor": "a mood becomes unsure at the belief `leave`",
        "mood.settle": "the first mood needs the belief `enter` and no time",
    }
)
