"""Players: they play the recommended tracks. One class and one file for each kind."""

from __future__ import annotations

from importlib import import_module

from edge.players.command_player import CommandPlayer
from edge.players.dry_run_player import DryRunPlayer
from edge.players.player import Player, PlayerState
from edge.players.print_player import PrintPlayer

# The class of each kind, in the module edge.players.KIND_player. A module is imported only for
# the configured kind, because some require an extra.
PLAYERS = {
    "print": "PrintPlayer",
    "mpd": "MpdPlayer",
    "mpv": "MpvPlayer",
    "subsonic": "SubsonicPlayer",
    "command": "CommandPlayer",
}


def player_class(kind: str) -> type[Player]:
    """The class of a kind, a key of PLAYERS."""
    player: type[Player] = getattr(import_module(f"edge.players.{kind}_player"), PLAYERS[kind])
    return player


__all__ = [
    "PLAYERS",
    "CommandPlayer",
    "DryRunPlayer",
    "Player",
    "PlayerState",
    "PrintPlayer",
    "player_class",
]
