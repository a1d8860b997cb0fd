"""Where a run's weights begin: from nothing, from an earlier run, or from published ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import keras

from models.weights import load_arrays
from moodpi.errors import UsageError
from training.architectures import ARCHITECTURES
from training.model_weights import assign_weights

PUBLISHED = ("imagenet", ".h5")


def begin(model: keras.Model, weights: str) -> None:
    """Give `model` the weights that `weights` names; empty leaves it as it was built.

    An .npz of an earlier run, or `imagenet` or an .h5 file for an architecture that has published
    weights. Raises UsageError for one that has none, MoodpiError where they do not fit.
    """
    if not weights:
        return
    if not weights.endswith(PUBLISHED):
        assign_weights(model, load_arrays(Path(weights)), Path(weights))
        return
    module = import_module(ARCHITECTURES[model.name])
    if not hasattr(module, "begin_published"):
        raise UsageError(f"{model.name} has no published weights: give the .npz of a run")
    module.begin_published(model, weights)
