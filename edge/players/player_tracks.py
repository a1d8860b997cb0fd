"""The tracks that the configured player has, for programs other than the daemon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge.config.load import Config
from edge.players import player_class
from edge.players.server_player import ServerPlayer, SpotifyUris


@dataclass(frozen=True)
class PlayerTracks:
    """The tracks of the catalogue that a player has.

    Attributes:
        rowids: Their rowids, ascending; None for all tracks.
        uris: The player's names of their songs, by track id. Empty for a player without a library.
    """

    rowids: Sequence[int] | None = None
    uris: Mapping[str, str] = field(default_factory=dict)


def fetch_player_tracks(config: Config) -> PlayerTracks:
    """Ask the configured player for its songs. It blocks; the player need not be open.

    Raises MoodpiError if the player does not answer.
    """
    player = player_class(config.player.kind)(config.player, config.catalog_file())
    if not isinstance(player, ServerPlayer):
        return PlayerTracks()
    library = player.fetch_library()
    if library is None:
        return PlayerTracks(uris=SpotifyUris())
    return PlayerTracks(library.rowids, library.uris)
