"""What a player has: its songs, found again in the catalogue by artist and title."""

from __future__ import annotations

from edge.music.library.library import Library, Playable
from edge.music.library.song import Song

__all__ = ["Library", "Playable", "Song"]
