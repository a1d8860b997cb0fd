"""The JSON documents that the command line and the page share."""

from __future__ import annotations

from collections.abc import Sequence

from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation
from edge.vision.classified_face import ClassifiedFace, probabilities_by_emotion
from edge.vision.face_search import ORDINARY


def recommendation_json(
    affect: Affect, faces: Sequence[ClassifiedFace], recommendation: Recommendation
) -> dict[str, object]:
    """The document of `moodpi recommend --json` and `POST /api/recommend`.

    faces: The face that determined the affect is the first. `search` states how it was found, if
    not in the photo as it is.
    """
    probabilities = affect.probabilities
    search = next((face.search for face in faces), ORDINARY)
    return {
        "emotion": affect.emotion,
        "confidence": round(affect.confidence, 4),
        "probabilities": None if probabilities is None else probabilities_by_emotion(probabilities),
        "valence": round(recommendation.valence, 4),
        "arousal": round(recommendation.arousal, 4),
        "faces": [list(face.box) for face in faces if face.box],
        **({} if search.is_ordinary else {"search": search.to_json()}),
        "strategy": recommendation.strategy,
        "tracks": [track.to_json() for track in recommendation.tracks],
    }
