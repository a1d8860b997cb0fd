"""A point on the circumplex of affect (Russell 1980)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotions import CIRCUMPLEX, EMOTIONS, check_emotion


@dataclass(frozen=True)
class Affect:
    """The valence and arousal to recommend music for.

    Attributes:
        emotion: The most probable emotion.
        confidence: Its probability, 0..1.
        probabilities: float32 [7] in the order of EMOTIONS; None if the user named the emotion.
        valence, arousal: -1..1.
    """

    emotion: str
    confidence: float
    probabilities: NDArray[np.float32] | None
    valence: float
    arousal: float

    @classmethod
    def from_emotion(cls, name: str) -> Affect:
        """The affect of a named emotion. Raises UsageError for an unknown name."""
        emotion = check_emotion(name)
        valence, arousal = CIRCUMPLEX[emotion]
        return cls(emotion, 1.0, None, valence, arousal)

    @classmethod
    def from_probabilities(cls, probabilities: NDArray[np.float32]) -> Affect:
        """The expected point of a softmax [7]: the less certain, the nearer to the centre."""
        points = np.array([CIRCUMPLEX[emotion] for emotion in EMOTIONS])
        weights = np.asarray(probabilities, np.float64)
        valence, arousal = (weights / weights.sum()) @ points
        top = int(weights.argmax())
        return cls(
            emotion=EMOTIONS[top],
            confidence=float(weights[top]),
            probabilities=probabilities,
            valence=float(valence),
            arousal=float(arousal),
        )
