"""One song of a player's, as its tags tell of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Song:
    """uri: what the player calls it. artists: one for each that the tags name.

    stamp: another one once the file has changed; empty where the player does not say.
    """

    uri: str
    title: str
    artists: tuple[str, ...]
    stamp: str = ""
