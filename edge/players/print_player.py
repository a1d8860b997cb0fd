"""The player for people who press play themselves, and how tracks are printed for them."""

from __future__ import annotations

import logging

from edge.music.recommendation import Recommendation
from edge.players.player import Player

log = logging.getLogger(__name__)


class PrintPlayer(Player):
    """Leaves it at the printed tracks, which a run writes with their links for every player."""

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        log.debug("%d tracks printed, for you to play", len(recommendation.tracks))

    def pause(self) -> None:
        """Paper is silent."""

    def resume(self, *, requested: bool = False) -> None:
        """What was printed still stands."""

    def close(self) -> None:
        """Nothing was started."""


def track_lines(recommendation: Recommendation) -> list[str]:
    """Three lines a track, numbered from 1: title and artist, why it was chosen, its link."""
    lines = []
    for place, choice in enumerate(recommendation.tracks, start=1):
        lines += [
            f"{place:3}. {choice.track.title} - {choice.track.artist}",
            f"     {choice.why}",
            f"     {choice.url}",
        ]
    return lines
