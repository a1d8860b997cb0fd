"""The architectures that can be trained and exported."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

if TYPE_CHECKING:
    import keras

# The module of each architecture; its `build()` returns an untrained model.
ARCHITECTURES = {
    "simple_cnn": "training.architectures.simple_cnn",
    "resnet50v2": "training.architectures.resnet50v2",
    "wide_cnn": "training.architectures.wide_cnn",
}


def check_architecture(name: str) -> str:
    """Return `name`. Raises UsageError if there is no such architecture."""
    if name not in ARCHITECTURES:
        raise UsageError(
            f"unknown model {quoted(name)}: {did_you_mean(name, ARCHITECTURES)}",
            code="unknown_model",
        )
    return name


def architecture(name: str) -> Callable[[], keras.Model]:
    """The function that builds an untrained model.

    The model maps faces [n, 48, 48, 1] in 0..255 to logits [n, 7].
    """
    build: Callable[[], keras.Model] = import_module(ARCHITECTURES[check_architecture(name)]).build
    return build
