"""`simple_cnn` with twice the filters and units: a teacher, and a network to train together."""

from __future__ import annotations

import keras

from training.architectures import simple_cnn


def build() -> keras.Model:
    """An untrained model: grey faces [n, 48, 48, 1] in 0..255 to logits [n, 7].

    7.1 M parameters, 471 M multiply-adds per face.
    """
    stages = tuple(2 * filters for filters in simple_cnn.STAGES)
    return simple_cnn.build(stages, 2 * simple_cnn.DENSE_UNITS, name="wide_cnn")
