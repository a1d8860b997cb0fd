"""Players: what is done with the tracks. One class per kind, each in its own file."""

from __future__ import annotations

from importlib import import_module

from edge.players.command_player import CommandPlayer
from edge.players.dry_run_player import DryRunPlayer
from edge.players.player import Player, PlayerState
from edge.players.print_player import PrintPlayer

# Each kind's class, in the module edge.players.KIND_player, loaded only when it is the one.
PLAYERS = {
    "print": "PrintPlayer",
    "mpd": "MpdPlayer",
    "mpv": "MpvPlayer",
    "command": "CommandPlayer",
}


def find_player(kind: str) -> type[Player]:
    """The class of one of PLAYERS."""
    player: type[Player] = getattr(import_module(f"edge.players.{kind}_player"), PLAYERS[kind])
    return player


__all__ = [
    "PLAYERS",
    "CommandPlayer",
    "DryRunPlayer",
    "Player",
    "PlayerState",
    "PrintPlayer",
    "find_player",
]
