"""What a player would do, without doing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from catalog.store import Catalog
from edge.music.recommendation import Recommendation
from edge.players.player import Player, PlayerState

log = logging.getLogger(__name__)


class DryRunPlayer(Player):
    """Asks the real player what it has, and gives it nothing to play."""

    def __init__(self, player: Player) -> None:
        super().__init__(player.settings, player.catalog)
        self._player = player
        self._given = False

    def open(self) -> None:
        self._player.open()

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        return self._player.playable(catalog)

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        when = (
            "at once" if interrupt or self.settings.change == "now" else "after the current track"
        )
        count = len(recommendation.tracks)
        self._given = True
        log.info("dry run: %s would get these %d tracks, %s", self.settings.kind, count, when)

    def pause(self) -> None:
        log.info("dry run: %s would pause", self.settings.kind)

    def resume(self, *, requested: bool = False) -> None:  # noqa: ARG002
        log.info("dry run: %s would go on", self.settings.kind)

    def state(self) -> PlayerState:
        """Nothing is heard; whether the songs are known meanwhile, it says."""
        state = self._player.state()
        return PlayerState(needs_tracks=state.needs_tracks and not self._given, error=state.error)

    def close(self) -> None:
        self._player.close()
