"""Knowledge distillation (Hinton, Vinyals and Dean 2015): trained models as teachers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from models.weights import load_arrays
from moodpi.errors import UsageError
from moodpi.text import quoted
from training.architectures import architecture
from training.model_weights import assign_weights


class Teacher:
    """One trained model or an ensemble of them.

    The teacher predicts on the same augmented images as the student, which is what lets a small
    student match a large teacher (Beyer et al., "Knowledge distillation: A good teacher is patient
    and consistent", 2022).
    """

    def __init__(self, models: Sequence[keras.Model]) -> None:
        self._models = models

    @classmethod
    def load(cls, teachers: Iterable[str]) -> Teacher:
        """Load teachers, each written as MODEL=NPZ.

        Raises UsageError if one is written otherwise, MoodpiError if its weights do not fit.
        """
        return cls([_load(text) for text in teachers])

    def probabilities(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mean of the teachers' probabilities [n, 7] for faces [n, 48, 48, 1] in 0..255."""
        logits = [ops.cast(model.predict_on_batch(faces), "float32") for model in self._models]
        return np.mean([ops.convert_to_numpy(ops.softmax(each)) for each in logits], axis=0)


def _load(text: str) -> keras.Model:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(
            f"invalid teacher {quoted(text)}: expected MODEL=NPZ, a model and the weights of a run",
            code="invalid_teacher",
        )
    model = architecture(name)()
    assign_weights(model, load_arrays(Path(path)), Path(path))
    return model
