"""The library of a player: its songs, matched to tracks of the catalogue by artist and title."""

from __future__ import annotations

from edge.music.library.library import Library, PlayableTracks
from edge.music.library.song import Song

__all__ = ["Library", "PlayableTracks", "Song"]
