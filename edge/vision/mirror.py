"""Mirror images of a face: a face and its mirror image show the same emotion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.config.load import Config
from edge.vision.classifier import EmotionClassifier, FaceClassifier


class MirroredClassifier(FaceClassifier):
    """Classifies the mirror image of a face."""

    def __init__(self, classifier: FaceClassifier) -> None:
        self._classifier = classifier

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._classifier.classify(np.ascontiguousarray(face[:, ::-1]))


class MirrorAveragingClassifier(FaceClassifier):
    """The mean of a face's probabilities and those of its mirror image, for twice the time.

    It classifies about one face in a hundred more correctly than a single pass (docs/models.md).
    """

    def __init__(self, classifier: FaceClassifier) -> None:
        self._classifiers = (classifier, MirroredClassifier(classifier))

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        both = [classifier.classify(face) for classifier in self._classifiers]
        return np.mean(both, axis=0, dtype=np.float32)


def photo_classifier(config: Config, *, mirror: bool = True) -> FaceClassifier:
    """The configured classifier for photos: with the mirror image, or without it.

    Raises the errors of find_configured_artefact.
    """
    classifier = EmotionClassifier.from_config(config)
    return MirrorAveragingClassifier(classifier) if mirror else classifier
