"""The steps from a photo to its classified faces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.vision.classified_face import ClassifiedFace, classify_face
from edge.vision.classifier import FaceClassifier
from edge.vision.detector import HaarFaceDetector


class PhotoPipeline:
    """Detects and classifies every face of a photo."""

    def __init__(self, classifier: FaceClassifier, detector: HaarFaceDetector) -> None:
        self._classifier = classifier
        self._detector = detector

    def analyse(self, photo: NDArray[np.uint8]) -> list[ClassifiedFace]:
        """The faces of a grey photo uint8 [h, w], the largest first."""
        return [classify_face(self._classifier, photo, box) for box in self._detector.detect(photo)]
