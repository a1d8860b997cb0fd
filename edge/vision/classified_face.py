"""One face of a picture and the probabilities of its emotions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.classifier import FaceClassifier
from edge.vision.crop import crop_face, resize_crop
from edge.vision.face_search import ORDINARY, FaceSearch
from models.emotions import EMOTIONS


@dataclass(frozen=True)
class ClassifiedFace:
    """A face with its classification.

    Attributes:
        box: Its position in the picture; None if the whole picture is the face.
        probabilities: float32 [7], in the order of EMOTIONS.
        search: What was necessary to find it.

    """

    box: Box | None
    probabilities: NDArray[np.float32]
    search: FaceSearch = ORDINARY

    @property
    def emotion(self) -> str:
        """The most probable emotion."""
        return EMOTIONS[int(np.argmax(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The probability of that emotion, 0..1."""
        return float(np.max(self.probabilities))

    def to_json(self) -> dict[str, object]:
        """The fields of a face in `moodpi classify --json`.

        With `search`, if it was not found in the photo as it is.
        """
        search = {} if self.search.is_ordinary else {"search": self.search.to_json()}
        return {
            "box": None if self.box is None else list(self.box),
            "emotion": self.emotion,
            "confidence": round(self.confidence, 4),
            "probabilities": probabilities_by_emotion(self.probabilities),
            **search,
        }


def classify_face(
    classifier: FaceClassifier, grey: NDArray[np.uint8], box: Box, roll: float = 0.0
) -> ClassifiedFace:
    """Classify the face at `box` of a picture uint8 [h, w].

    roll: the head's in-plane rotation in degrees, as in HaarFaceDetector.
    """
    return ClassifiedFace(box, classifier.classify(crop_face(grey, box, roll)))


def classify_crop(classifier: FaceClassifier, grey: NDArray[np.uint8]) -> ClassifiedFace:
    """Classify a picture uint8 [h, w] that is already a face crop."""
    return ClassifiedFace(None, classifier.classify(resize_crop(grey)))


def probabilities_by_emotion(probabilities: NDArray[np.float32]) -> dict[str, float]:
    """Probabilities [7] as {emotion: p}, rounded to four decimal places."""
    return {name: round(float(p), 4) for name, p in zip(EMOTIONS, probabilities, strict=True)}
