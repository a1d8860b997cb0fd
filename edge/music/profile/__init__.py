"""What one listener was played and what they said of it: a file in the state folder, and a model
of their taste learned from it.
"""

from __future__ import annotations

from edge.music.profile.history import FileHistory, History, TasteAlone, read_taste
from edge.music.profile.store import ListenerStore, Verdict
from edge.music.profile.taste import Taste

__all__ = [
    "FileHistory",
    "History",
    "ListenerStore",
    "Taste",
    "TasteAlone",
    "Verdict",
    "read_taste",
]
