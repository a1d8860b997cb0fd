"""A frame to what the face in it shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.classifier import EmotionClassifier
from edge.faces import HaarFaceDetector, crop


class Eyes:
    """Finds the largest face of a picture and classifies it alone."""

    def __init__(self, detector: HaarFaceDetector, classifier: EmotionClassifier) -> None:
        self._detector = detector
        self._classifier = classifier

    def look(self, grey: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Probabilities float32 [7] of the largest face of a uint8 [h, w]; None without a face."""
        boxes = self._detector.detect(grey)
        return self._classifier.classify(crop(grey, boxes[0])) if boxes else None
