"""The player that only prints, and the text of a printed list of tracks."""

from __future__ import annotations

import logging

from edge.music.recommendation import Recommendation
from edge.players.player import Player

log = logging.getLogger(__name__)


class PrintPlayer(Player):
    """Plays nothing. `moodpi run` prints the tracks and their links for every player."""

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        log.debug("printed %d tracks", len(recommendation.tracks))

    def pause(self) -> None:
        """Do nothing."""

    def resume(self, *, requested: bool = False) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def track_lines(recommendation: Recommendation) -> list[str]:
    """Three lines for each track, numbered from 1: title and artist, the reason, the link."""
    lines = []
    for number, track in enumerate(recommendation.tracks, start=1):
        lines += [
            f"{number:3}. {track.track.title} - {track.track.artist}",
            f"     {track.why}",
            f"     {track.url}",
        ]
    return lines
