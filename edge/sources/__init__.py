"""Frame sources: one file per kind, and the factory that selects the kind."""

from __future__ import annotations

from edge.sources.factory import open_source
from edge.sources.source import FrameSource

__all__ = ["FrameSource", "open_source"]
