"""What a player has: its songs, found again in the catalogue by artist and title."""

from __future__ import annotations

from edge.library.library import Library, Playable
from edge.library.song import Song

__all__ = ["Library", "Playable", "Song"]
