"""The JSON documents that the command line and the page share."""

from __future__ import annotations

from collections.abc import Sequence

from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation
from edge.vision.classified_face import ClassifiedFace, probabilities_by_emotion


def recommendation_json(
    affect: Affect, faces: Sequence[ClassifiedFace], recommendation: Recommendation
) -> dict[str, object]:
    """The document of `moodpi recommend --json` and `POST /api/recommend`.

    faces: The face that determined the affect is the first.
    """
    probabilities = affect.probabilities
    return {
        "emotion": affect.emotion,
        "confidence": round(affect.confidence, 4),
        "probabilities": None if probabilities is None else probabilities_by_emotion(probabilities),
        "valence": round(recommendation.valence, 4),
        "arousal": round(recommendation.arousal, 4),
        "faces": [list(face.box) for face in faces if face.box],
        "strategy": recommendation.strategy,
        "tracks": [track.to_json() for track in recommendation.tracks],
    }
