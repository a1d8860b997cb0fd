"""Suppression of false faces by their persistence.

A pattern that resembles a face, such as a curtain, is detected in a frame or two. A person is
detected in most frames.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.vision.tracker import FaceTrack

# The lowest share of searches that detect a person's face.
MIN_DETECTION_RATE = 0.6
# The fewest detections, for sources with a low frame rate.
MIN_DETECTIONS = 2
# Absorbs the rounding of summed frame times, in seconds.
TIME_TOLERANCE = 1e-6


class PresenceFilter:
    """Confirms tracks that have lasted for `persistence` seconds."""

    def __init__(self, persistence: float) -> None:
        self._persistence = persistence
        self._confirmed: set[int] = set()

    def confirm(self, tracks: Sequence[FaceTrack]) -> list[FaceTrack]:
        """The confirmed ones among all current tracks; a track stays confirmed until it is lost."""
        confirmed = [
            track for track in tracks if track.track_id in self._confirmed or self._persists(track)
        ]
        self._confirmed = {track.track_id for track in confirmed}
        return confirmed

    def _persists(self, track: FaceTrack) -> bool:
        return (
            track.last_seen - track.first_seen >= self._persistence - TIME_TOLERANCE
            and track.detections >= MIN_DETECTIONS
            and track.detections >= MIN_DETECTION_RATE * track.searches
        )
