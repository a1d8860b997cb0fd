"""The player that only prints, and the text of a printed list of tracks."""

from __future__ import annotations

from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation
from edge.players.player import Player, PlayerState


class PrintPlayer(Player):
    """Plays nothing. `moodpi run` prints the tracks and their links for every player."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        super().__init__(settings, catalog)
        self._state = PlayerState()

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        self._state = PlayerState(heard=recommendation.tracks)

    def state(self) -> PlayerState:
        """All tracks count as heard: the listener opens their links."""
        return self._state

    def pause(self) -> None:
        """Do nothing."""

    def resume(self, *, requested: bool = False) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def track_lines(recommendation: Recommendation) -> list[str]:
    """Lines for each track, numbered from 1: title and artist, the reason, the link if any."""
    lines = []
    for number, track in enumerate(recommendation.tracks, start=1):
        lines += [
            f"{number:3}. {track.track.title} - {track.track.artist}",
            f"     {track.why}",
            *([f"     {track.url}"] if track.url else []),
        ]
    return lines
