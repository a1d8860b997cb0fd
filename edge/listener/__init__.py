"""What one listener was played and what they said of it: a file in the state folder, and a model
of their taste learned from it.
"""

from __future__ import annotations

from edge.listener.history import FileHistory, History, TasteAlone, read_taste
from edge.listener.store import ListenerStore, Verdict
from edge.listener.taste import Taste

__all__ = [
    "FileHistory",
    "History",
    "ListenerStore",
    "Taste",
    "TasteAlone",
    "Verdict",
    "read_taste",
]
