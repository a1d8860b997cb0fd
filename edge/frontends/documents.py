"""What `moodpi recommend --json` and the web's `POST /api/recommend` answer."""

from __future__ import annotations

from collections.abc import Sequence

from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation
from edge.vision.classified_face import ClassifiedFace, probabilities_by_emotion


def recommendation_json(
    affect: Affect, faces: Sequence[ClassifiedFace], chosen: Recommendation
) -> dict[str, object]:
    """The whole answer; of the faces the one that decided comes first."""
    probabilities = affect.probabilities
    return {
        "emotion": affect.emotion,
        "confidence": round(affect.confidence, 4),
        "probabilities": None if probabilities is None else probabilities_by_emotion(probabilities),
        "valence": round(chosen.valence, 4),
        "arousal": round(chosen.arousal, 4),
        "faces": [list(face.box) for face in faces if face.box],
        "strategy": chosen.strategy,
        "tracks": [choice.to_json() for choice in chosen.tracks],
    }
