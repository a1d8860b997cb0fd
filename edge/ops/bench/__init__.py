"""`moodpi bench`: what each model, format and runtime costs on this very machine."""

from __future__ import annotations
