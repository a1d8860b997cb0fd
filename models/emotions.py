"""The seven emotions in FER2013's order, and their coordinates on the circumplex."""

from __future__ import annotations

from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

# Valence, from -1 (unpleasant) to 1 (pleasant), and arousal, from -1 (calm) to 1 (excited), after
# Russell, "A circumplex model of affect", J. Personality and Social Psychology 39(6), 1980.
CIRCUMPLEX: dict[str, tuple[float, float]] = {
    "angry": (-0.5, 0.8),
    "disgust": (-0.7, 0.3),
    "fear": (-0.6, 0.6),
    "happy": (0.8, 0.5),
    "sad": (-0.7, -0.6),
    "surprise": (0.4, 0.8),
    "neutral": (0.0, 0.0),
}


def check_emotion(name: str) -> str:
    """The canonical spelling of an emotion. Raises UsageError for an unknown name."""
    canonical = name.strip().lower()
    if canonical not in EMOTIONS:
        raise UsageError(
            f"unknown emotion {quoted(name)}: {did_you_mean(canonical, EMOTIONS)}",
            code="unknown_emotion",
        )
    return canonical
