"""The seven emotions in FER2013's order and their places on the circumplex: the one definition."""

from __future__ import annotations

from moodpi.errors import UsageError, did_you_mean

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

# Valence (unpleasant -1 .. pleasant 1) and arousal (calm -1 .. excited 1), after Russell,
# "A circumplex model of affect", J. Personality and Social Psychology 39(6), 1980.
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
    """Return `name` in its canonical spelling, or raise UsageError with the nearest one."""
    canonical = name.strip().lower()
    if canonical not in EMOTIONS:
        raise UsageError(f"unknown emotion '{name}': {did_you_mean(canonical, EMOTIONS)}")
    return canonical
