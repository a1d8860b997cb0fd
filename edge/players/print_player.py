"""The player for people who press play themselves: it writes the tracks down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.players.player import Player

if TYPE_CHECKING:
    from edge.recommender import Recommendation


class PrintPlayer(Player):
    """Writes each track with its artist, why it was chosen, and its link."""

    def play(self, recommendation: Recommendation) -> None:
        for line in track_lines(recommendation):
            print(line, file=self._out)
        self._out.flush()


def track_lines(recommendation: Recommendation) -> list[str]:
    """Three lines a track, numbered from 1, indented to stand below the mood's line."""
    lines = []
    for place, choice in enumerate(recommendation.tracks, start=1):
        lines += [
            f"{place:3}. {choice.track.title} - {choice.track.artist}",
            f"     {choice.why}",
            f"     {choice.url}",
        ]
    return lines
