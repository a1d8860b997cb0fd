"""Players: what is done with the tracks. One class per kind, each in its own file."""

from __future__ import annotations

from edge.players.command_player import CommandPlayer
from edge.players.player import Player, PlayerState
from edge.players.print_player import PrintPlayer

PLAYERS: dict[str, type[Player]] = {
    "print": PrintPlayer,
    "command": CommandPlayer,
}

__all__ = ["PLAYERS", "CommandPlayer", "Player", "PlayerState", "PrintPlayer"]
