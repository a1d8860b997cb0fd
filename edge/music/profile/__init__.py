"""The profile of a listener: the played tracks, the feedback, and the taste learned from it."""

from __future__ import annotations

from edge.music.profile.history import FileHistory, History, NoHistory, read_taste
from edge.music.profile.store import ProfileStore, Verdict
from edge.music.profile.taste import Taste

__all__ = [
    "FileHistory",
    "History",
    "NoHistory",
    "ProfileStore",
    "Taste",
    "Verdict",
    "read_taste",
]
