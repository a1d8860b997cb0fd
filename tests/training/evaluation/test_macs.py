"""Multiply-adds, against a model small enough to count."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.workstation
keras = pytest.importorskip("keras", reason="needs moodpi[train]")
multiply_adds = pytest.importorskip("training.evaluation.macs").multiply_adds
NormalizedConv2D = pytest.importorskip("training.architectures.layers").NormalizedConv2D


def test_convolutions_and_dense_layers_are_counted_at_every_place():
    faces = keras.Input((8, 8, 1))
    x = NormalizedConv2D(4)(faces)  # 8 * 8 places of 3 * 3 * 1 * 4
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Conv2D(2, 1, strides=2)(x)  # 2 * 2 places of 4 * 2
    nested = keras.Sequential([keras.Input((2, 2, 2)), keras.layers.Flatten()])
    x = keras.layers.Dense(7)(nested(x))  # 8 * 7

    assert multiply_adds(keras.Model(faces, x)) == 64 * 36 + 4 * 8 + 8 * 7
