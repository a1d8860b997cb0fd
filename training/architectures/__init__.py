"""The models that can be trained and exported: a name, and the module whose `build()` makes it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from moodpi.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    import keras

ARCHITECTURES = {
    "simple_cnn": "training.architectures.simple_cnn",
    "resnet50v2": "training.architectures.resnet50v2",
}


def check_architecture(name: str) -> str:
    """Return `name`, or raise UsageError with the nearest one."""
    if name not in ARCHITECTURES:
        raise UsageError(f"unknown model '{name}': {did_you_mean(name, ARCHITECTURES)}")
    return name


def architecture(name: str) -> Callable[[], keras.Model]:
    """What builds an untrained model: faces [n, 48, 48, 1] in 0..255 to logits [n, 7]."""
    build: Callable[[], keras.Model] = import_module(ARCHITECTURES[check_architecture(name)]).build
    return build
