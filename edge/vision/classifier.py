"""Emotion classification of face crops."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.config.load import Config
from edge.config.settings import ModelSettings
from edge.runtimes import Runtime, load_runtime
from edge.vision.configured_artefact import find_configured_artefact
from edge.vision.face_correction import correct_face
from models.artefact import INPUT_SHAPE
from models.registry import Registry


class FaceClassifier(ABC):
    """Classifies the emotion of a face."""

    @abstractmethod
    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 [7], in the order of EMOTIONS, of a grey face uint8 [48, 48]."""


class EmotionClassifier(FaceClassifier):
    """A trained model, loaded into a runtime. Faces are corrected first."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @classmethod
    def load(cls, settings: ModelSettings | None = None) -> Self:
        """Find, verify and load an artefact; the default one without `settings`.

        Raises UsageError for an unknown model or format.
        """
        settings = settings or ModelSettings()
        artefact = Registry().find(settings.name, settings.format)
        return cls(load_runtime(artefact.path, settings.threads))

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Load the configured artefact. Raises the errors of find_configured_artefact."""
        artefact = find_configured_artefact(config)
        return cls(load_runtime(artefact.path, config.model.threads))

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._runtime.infer(correct_face(face).reshape(INPUT_SHAPE))
