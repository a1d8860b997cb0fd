"""What a face says, as a point of the circumplex."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotions import CIRCUMPLEX, EMOTIONS, check_emotion


@dataclass(frozen=True)
class Affect:
    """A feeling to find music for.

    emotion: the likeliest. confidence: its probability, 0..1. probabilities: float32 [7] in
    EMOTIONS' order, None where the emotion was named rather than seen. valence, arousal: -1..1.
    """

    emotion: str
    confidence: float
    probabilities: NDArray[np.float32] | None
    valence: float
    arousal: float

    @classmethod
    def from_emotion(cls, name: str) -> Affect:
        """The feeling that has a name. Raises UsageError for an unknown one."""
        emotion = check_emotion(name)
        valence, arousal = CIRCUMPLEX[emotion]
        return cls(emotion, 1.0, None, valence, arousal)

    @classmethod
    def from_probabilities(cls, probabilities: NDArray[np.float32]) -> Affect:
        """The expected point of a whole softmax [7]: an unsure face lies nearer the middle."""
        points = np.array([CIRCUMPLEX[emotion] for emotion in EMOTIONS])
        weights = np.asarray(probabilities, np.float64)
        valence, arousal = (weights / weights.sum()) @ points
        likeliest = int(weights.argmax())
        return cls(
            emotion=EMOTIONS[likeliest],
            confidence=float(weights[likeliest]),
            probabilities=probabilities,
            valence=float(valence),
            arousal=float(arousal),
        )
