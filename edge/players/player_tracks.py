"""The configured player with its songs, for programs other than the daemon."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from catalog.store import Catalog
from edge.config.load import Config
from edge.players import Player, player_class
from edge.players.server_player import ServerPlayer
from moodpi.errors import MoodpiError


class SavedSongs:
    """The songs of the configured player as its daemon last listed them. It asks no player."""

    def __init__(self, config: Config) -> None:
        self._player = player_class(config.player.kind)(config.player, config.catalog_file())

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        """Row ids of the tracks that the player has, ascending; None for all, or if unknown."""
        if isinstance(self._player, ServerPlayer):
            self._player.load_songs()
        with suppress(MoodpiError):
            return self._player.playable(catalog)
        return None


def player_with_songs(config: Config) -> Player:
    """The configured player, which is not open but knows its songs. It blocks to ask for them.

    Raises MoodpiError if the player does not answer.
    """
    player = player_class(config.player.kind)(config.player, config.catalog_file())
    if isinstance(player, ServerPlayer):
        player.fetch_library()
    return player
