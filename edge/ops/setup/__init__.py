"""The questions of `moodpi setup`, and the steps that put the answers into moodpi.toml."""

from __future__ import annotations

from edge.ops.setup.change import ConfigurationFile, missing_parts, setup_steps
from edge.ops.setup.questions import QUESTIONS, Question, subsonic_line

__all__ = [
    "QUESTIONS",
    "ConfigurationFile",
    "Question",
    "missing_parts",
    "setup_steps",
    "subsonic_line",
]
