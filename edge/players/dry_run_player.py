"""The player of `moodpi run --dry-run`."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from catalog.store import Catalog
from edge.music.recommendation import Recommendation
from edge.players.player import Player, PlayerState

log = logging.getLogger(__name__)


class DryRunPlayer(Player):
    """Reads the library of another player, and logs what that player would do."""

    def __init__(self, player: Player) -> None:
        super().__init__(player.settings, player.catalog)
        self._player = player
        self._has_tracks = False

    def open(self) -> None:
        self._player.open()

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        return self._player.playable(catalog)

    def song_counts(self) -> tuple[int, int] | None:
        return self._player.song_counts()

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        self._has_tracks = True
        interrupt = interrupt or self.settings.change == "now"
        when = "now" if interrupt else "after the current track"
        count = len(recommendation.tracks)
        log.info("dry run: %s would play these %d tracks %s", self.settings.kind, count, when)

    def pause(self) -> None:
        log.info("dry run: %s would pause", self.settings.kind)

    def resume(self, *, requested: bool = False) -> None:  # noqa: ARG002
        log.info("dry run: %s would resume", self.settings.kind)

    def state(self) -> PlayerState:
        """The errors of the other player. Tracks are needed once, when its library is known."""
        state = self._player.state()
        return PlayerState(
            needs_tracks=state.needs_tracks and not self._has_tracks,
            error=state.error,
            error_code=state.error_code,
        )

    def close(self) -> None:
        self._player.close()
