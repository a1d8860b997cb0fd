"""A grey picture to its faces and what each of them shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector, crop, resize_crop
from models.emotions import EMOTIONS


@dataclass(frozen=True)
class FaceReading:
    """One face. box: where it is, None if the picture is the face. probabilities: float32 [7]."""

    box: Box | None
    probabilities: NDArray[np.float32]

    @property
    def emotion(self) -> str:
        return EMOTIONS[int(np.argmax(self.probabilities))]

    @property
    def confidence(self) -> float:
        return float(np.max(self.probabilities))

    def to_json(self) -> dict[str, object]:
        """The fields of `moodpi classify --json`."""
        return {
            "box": None if self.box is None else list(self.box),
            "emotion": self.emotion,
            "confidence": round(self.confidence, 4),
            "probabilities": by_emotion(self.probabilities),
        }


class FaceReader:
    """Finds the faces of a picture and classifies each."""

    def __init__(self, classifier: EmotionClassifier, detector: HaarFaceDetector) -> None:
        self._classifier = classifier
        self._detector = detector

    def read(self, grey: NDArray[np.uint8]) -> list[FaceReading]:
        """Every face of a uint8 picture [h, w], the largest first."""
        return [read_face(self._classifier, grey, box) for box in self._detector.detect(grey)]


def read_face(
    classifier: EmotionClassifier, grey: NDArray[np.uint8], box: Box, tilt: float = 0.0
) -> FaceReading:
    """The reading of a face at `box` that leans by `tilt` (see HaarFaceDetector)."""
    return FaceReading(box, classifier.classify(crop(grey, box, tilt)))


def read_crop(classifier: EmotionClassifier, grey: NDArray[np.uint8]) -> FaceReading:
    """The reading of a picture uint8 [h, w] that is a face from edge to edge."""
    return FaceReading(None, classifier.classify(resize_crop(grey)))


def by_emotion(probabilities: NDArray[np.float32]) -> dict[str, float]:
    """Probabilities [7] as {emotion: p}, rounded to four places."""
    return {name: round(float(p), 4) for name, p in zip(EMOTIONS, probabilities, strict=True)}
