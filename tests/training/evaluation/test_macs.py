"""MACs of a model small enough to count by hand."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
count_macs = pytest.importorskip("training.evaluation.macs").count_macs
NormalizedConv2D = pytest.importorskip("training.architectures.layers").NormalizedConv2D


def test_counts_convolutions_and_dense_layers_at_every_position():
    faces = keras.Input((8, 8, 1))
    x = NormalizedConv2D(4)(faces)  # 8 * 8 positions of 3 * 3 * 1 * 4
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(2, 1, strides=2)(x)  # 2 * 2 positions of 4 * 2
    nested = keras.Sequential([keras.Input((2, 2, 2)), keras.layers.Flatten()])
    x = keras.layers.Dense(7)(nested(x))  # 8 * 7

    assert count_macs(keras.Model(faces, x)) == 64 * 36 + 4 * 8 + 8 * 7
