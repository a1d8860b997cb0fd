"""The time of a training step with NormalizedConv2D, compared to batch normalization.

`python -m tests.studies.normalization_cost [POLICY]` needs moodpi[train]; the default policy is
mixed_bfloat16.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import keras
from keras import layers

from models.emotions import EMOTIONS
from tests.studies.step_time import print_step_times
from training.architectures.layers import NormalizedConv2D
from training.architectures.simple_cnn import STAGES

STEPS = 15


def main() -> None:
    """Print the median seconds of each kind's steps, taken in turn, and their ratio."""
    policy = sys.argv[1] if len(sys.argv) > 1 else "mixed_bfloat16"
    keras.mixed_precision.set_dtype_policy(policy)
    models = {
        "no normalization": _model(lambda filters: [_plain(filters)]),
        "NormalizedConv2D": _model(lambda filters: [NormalizedConv2D(filters)]),
        "BatchNormalization": _model(lambda f: [_plain(f), layers.BatchNormalization()]),
    }
    print_step_times(models, STEPS)


def _model(convolution: Callable[[int], list[keras.Layer]]) -> keras.Model:
    model = keras.Sequential([keras.Input((48, 48, 1))])
    for filters in STAGES:
        for layer in (*convolution(filters), layers.ReLU(), *convolution(filters), layers.ReLU()):
            model.add(layer)
        model.add(layers.MaxPooling2D())
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(len(EMOTIONS), activation="softmax", dtype="float32"))
    model.compile("sgd", "categorical_crossentropy", jit_compile=False)
    return model


def _plain(filters: int) -> keras.Layer:
    return layers.Conv2D(filters, 3, padding="same")


if __name__ == "__main__":
    main()
