"""Loads the trained models that a run distils."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import keras

from models.weights import load_arrays
from moodpi.errors import UsageError
from moodpi.text import quoted
from training.architectures import architecture
from training.model_weights import assign_weights


def load_teachers(teachers: Iterable[str]) -> list[keras.Model]:
    """Load trained models, each written as MODEL=NPZ.

    Raises UsageError if one is written otherwise, MoodpiError if its weights do not fit.
    """
    return [_load(text) for text in teachers]


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
