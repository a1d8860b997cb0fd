"""Recommended tracks, each with the reason for its choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.store import Track


@dataclass(frozen=True)
class RecommendedTrack:
    """A track, and a phrase that tells the listener why it was chosen."""

    track: Track
    why: str

    @property
    def url(self) -> str:
        """The track's page on open.spotify.com; empty for a song that only the player has."""
        if self.track.spread is not None:
            return ""
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
    """Tracks for an affect, in playing order. Valence and arousal are the affect's, -1..1."""

    valence: float
    arousal: float
    strategy: str
    tracks: tuple[RecommendedTrack, ...]
    emotion: str

    def to_json(self) -> dict[str, Any]:
        """All fields; valence and arousal have four decimal places."""
        return {
            "emotion": self.emotion,
            "valence": round(self.valence, 4),
            "arousal": round(self.arousal, 4),
            "strategy": self.strategy,
            "tracks": [track.to_json() for track in self.tracks],
        }
