"""Emotion classification of face crops."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge.runtimes import Runtime, load_runtime
from models.artefact import INPUT_SHAPE
from models.registry import Registry

DEFAULT_MODEL = "simple_cnn"
DEFAULT_FORMAT = "int8.tflite"


class EmotionClassifier:
    """A trained model, loaded into a runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @classmethod
    def load(
        cls, model: str = DEFAULT_MODEL, artefact_format: str = DEFAULT_FORMAT, threads: int = 1
    ) -> Self:
        """Find, verify and load an artefact. Raises UsageError for an unknown model or format."""
        artefact = Registry().find(model, artefact_format)
        return cls(load_runtime(artefact.path, threads))

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 [7], in the order of EMOTIONS, of a grey face uint8 [48, 48]."""
        return self._runtime.infer(face.reshape(INPUT_SHAPE))
