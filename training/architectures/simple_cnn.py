"""A small CNN: four stages of two convolutions, a shortcut and max-pooling; two dense layers."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

from models.emotions import EMOTIONS
from training.architectures.layers import NormalizedConv2D

STAGES = (32, 64, 128, 256)
DENSE_UNITS = 256


def build(
    stages: Sequence[int] = STAGES, dense_units: int = DENSE_UNITS, name: str = "simple_cnn"
) -> keras.Model:
    """An untrained model: grey faces [n, 48, 48, 1] in 0..255 to logits [n, 7].

    1.8 M parameters, 118 M multiply-adds per face.

    stages: the filters of each stage.
    dense_units: the units of the first dense layer.
    """
    faces = keras.Input((48, 48, 1), name="faces")
    # First centred, then scaled: the converter folds the scale into the first convolution, and the
    # remaining centring maps each of the 256 grey levels to its own int8 level.
    x = layers.Rescaling(1.0, offset=-127.5, name="centre")(faces)
    x = layers.Rescaling(1 / 127.5, name="scale")(x)
    for stage, filters in enumerate(stages, start=1):
        x = _convolve(x, filters, f"{stage}a")
        shortcut = x
        x = NormalizedConv2D(filters, name=f"conv{stage}b")(x)
        x = layers.Add(name=f"add{stage}")([x, shortcut])
        x = layers.ReLU(name=f"relu{stage}b")(x)
        x = layers.MaxPooling2D(name=f"pool{stage}")(x)
        x = layers.SpatialDropout2D(0.05, name=f"drop{stage}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(dense_units, activation="relu", name="dense")(x)
    x = layers.Dropout(0.4, name="drop_dense")(x)
    logits = layers.Dense(
        len(EMOTIONS), kernel_initializer="zeros", dtype="float32", name="logits"
    )(x)
    return keras.Model(faces, logits, name=name)


def _convolve(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    return layers.ReLU(name=f"relu{name}")(NormalizedConv2D(filters, name=f"conv{name}")(x))
