"""The configured player with its songs, for programs other than the daemon."""

from __future__ import annotations

from edge.config.load import Config
from edge.players import Player, player_class
from edge.players.server_player import ServerPlayer


def player_with_songs(config: Config) -> Player:
    """The configured player, which is not open but knows its songs. It blocks to ask for them.

    Raises MoodpiError if the player does not answer.
    """
    player = player_class(config.player.kind)(config.player, config.catalog_file())
    if isinstance(player, ServerPlayer):
        player.fetch_library()
    return player
