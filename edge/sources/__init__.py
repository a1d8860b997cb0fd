"""Where pictures come from: one file per kind of source, and the function that picks the kind."""

from __future__ import annotations

from edge.sources.factory import open_source
from edge.sources.source import FrameSource

__all__ = ["FrameSource", "open_source"]
