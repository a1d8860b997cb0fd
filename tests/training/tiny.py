"""A tiny architecture for tests of training.

`python -m tests.training.tiny train tiny ...` is `moodpi` with that architecture.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from training.architectures import ARCHITECTURES

keras = pytest.importorskip("keras", reason="needs moodpi[train]")
NormalizedConv2D = pytest.importorskip("training.architectures.layers").NormalizedConv2D


def build() -> Any:
    """A tiny model with every kind of layer of simple_cnn: normalization, dropout, a bias."""
    faces = keras.Input((48, 48, 1), name="faces")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(faces)
    x = keras.layers.MaxPooling2D(8)(NormalizedConv2D(4, name="conv")(x))
    x = keras.layers.SpatialDropout2D(0.1)(x)
    x = keras.layers.Dropout(0.3)(keras.layers.Flatten()(x))
    logits = keras.layers.Dense(7, name="logits", dtype="float32")(x)
    return keras.Model(faces, logits, name="tiny")


def without_dropout(model: Any) -> Any:
    """The model with a dropout rate of 0 in every layer that has one."""
    for layer in model.layers:
        if "dropout" in type(layer).__name__.lower():
            layer.rate = 0.0
    return model


@contextmanager
def registered(build_model: Callable[[], Any] = build) -> Iterator[None]:
    """Register the architecture "tiny" inside the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", "tiny_architecture")
        patch.setitem(sys.modules, "tiny_architecture", SimpleNamespace(build=build_model))
        yield


if __name__ == "__main__":
    from moodpi.cli.main import main

    with registered():
        sys.exit(main())
