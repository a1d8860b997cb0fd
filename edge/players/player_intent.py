"""What the main loop asks of a player on a music server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.music.recommendation import RecommendedTrack


@dataclass(frozen=True, eq=False)
class PlayRequest:
    """Tracks that replace the pending ones. interrupt: stop the current track too."""

    tracks: tuple[RecommendedTrack, ...]
    interrupt: bool = False


@dataclass(frozen=True)
class PlayerIntent:
    """The target state that the main loop sets, complete at every update.

    Attributes:
        request: The newest request.
        paused: Whether the music is to be paused.
        resume_requests: How many times a person has requested to resume.
        stars: Whether a track is to have a star on the server, for the tracks that are to change.
        excluded_ids: Ids of tracks that must not be played any more.
    """

    request: PlayRequest | None = None
    paused: bool = False
    resume_requests: int = 0
    excluded_ids: frozenset[str] = frozenset()
    stars: Mapping[str, bool] = field(default_factory=dict)
