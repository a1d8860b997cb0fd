"""Recommended tracks, and why each was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.store import Track


@dataclass(frozen=True)
class RecommendedTrack:
    """A track and, for the listener, why it was chosen."""

    track: Track
    why: str

    @property
    def url(self) -> str:
        """Where the track can be opened."""
        return f"https://open.spotify.com/track/{self.track.id}"

    def to_json(self) -> dict[str, Any]:
        """The fields of a track in `moodpi recommend --json`."""
        return {
            "id": self.track.id,
            "title": self.track.title,
            "artist": self.track.artist,
            "album": self.track.album,
            "valence": self.track.valence,
            "arousal": self.track.arousal,
            "why": self.why,
            "url": self.url,
        }


@dataclass(frozen=True)
class Recommendation:
    """Tracks for an affect, in playing order; valence and arousal are the affect's, -1..1."""

    valence: float
    arousal: float
    strategy: str
    tracks: tuple[RecommendedTrack, ...]
