"""A song of a player's library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Song:
    """A song as its tags describe it.

    Attributes:
        uri: The player's name for it.
        artists: The artists, one for each artist tag.
        revision: A text that changes with the file. Empty if the player has none.
    """

    uri: str
    title: str
    artists: tuple[str, ...]
    revision: str = ""
