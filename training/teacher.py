"""Distillation (Hinton, Vinyals and Dean 2015): trained models whose opinion a student learns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from models.weights import load_arrays
from moodpi.errors import UsageError
from training.architectures import architecture
from training.model_weights import assign_weights


class Teacher:
    """One trained model or several, asked about the very faces, augmented, that the student sees.

    That the two look at the same view is what makes a small student follow a large teacher (Beyer
    et al., "A good teacher is patient and consistent", 2022).
    """

    def __init__(self, models: Sequence[keras.Model]) -> None:
        self._models = models

    @classmethod
    def read(cls, teachers: Iterable[str]) -> Teacher:
        """Each of `teachers` is MODEL=NPZ. UsageError or MoodpiError where one is not usable."""
        return cls([_read(text) for text in teachers])

    def probabilities(self, faces: NDArray[np.float32]) -> NDArray[np.float32]:
        """The teachers' mean opinion [n, 7] of faces [n, 48, 48, 1] in 0..255."""
        logits = [ops.cast(model.predict_on_batch(faces), "float32") for model in self._models]
        return np.mean([ops.convert_to_numpy(ops.softmax(each)) for each in logits], axis=0)


def _read(text: str) -> keras.Model:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise UsageError(f"no teacher '{text}': expected MODEL=NPZ, a model and weights of a run")
    model = architecture(name)()
    assign_weights(model, load_arrays(Path(path)), Path(path))
    return model
