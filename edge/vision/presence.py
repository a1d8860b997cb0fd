"""Who is there: a face must have been seen for a while before it counts.

A curtain that looks like a face does so for a frame or two; a person goes on doing it.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.vision.tracker import FaceTrack

# Of the looks at a person so many find the face; a pattern in the noise is found now and then.
STEADINESS = 0.6
# Frames may be far apart: so many of them at least.
SIGHTINGS = 2
# Sums of frame times: what is short by less than this, in seconds, is long enough.
ROUNDING = 1e-6


class Presence:
    """Lets faces count once they have lasted for `persistence` seconds."""

    def __init__(self, persistence: float) -> None:
        self._persistence = persistence
        self._known: set[int] = set()

    def confirm(self, tracks: Sequence[FaceTrack]) -> list[FaceTrack]:
        """Those that count, of all that are followed; who has counted does so until lost."""
        known = [track for track in tracks if track.number in self._known or self._lasted(track)]
        self._known = {track.number for track in known}
        return known

    def _lasted(self, track: FaceTrack) -> bool:
        return (
            track.seen - track.since >= self._persistence - ROUNDING
            and track.sightings >= SIGHTINGS
            and track.sightings >= STEADINESS * track.looks
        )
