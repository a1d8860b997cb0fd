"""The initial weights of a run: random, from an earlier run, or published ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import keras

from models.weights import load_arrays
from moodpi.errors import UsageError
from training.architectures import ARCHITECTURES
from training.model_weights import assign_weights

PUBLISHED = ("imagenet", ".h5")


def load_initial_weights(model: keras.Model, source: str) -> None:
    """Load the weights that `source` names into `model`.

    source: the .npz file of an earlier run; `imagenet` or a Keras .h5 file, for an architecture
        with published weights; or an empty string, which keeps the random initialization.

    Raises UsageError if the architecture has no published weights, and MoodpiError if the weights
    do not fit.
    """
    if not source:
        return
    if not source.endswith(PUBLISHED):
        assign_weights(model, load_arrays(Path(source)), Path(source))
        return
    module = import_module(ARCHITECTURES[model.name])
    if not hasattr(module, "load_published_weights"):
        raise UsageError(
            f"{model.name} has no published weights: give the .npz file of a run",
            code="no_published_weights",
        )
    module.load_published_weights(model, source)
