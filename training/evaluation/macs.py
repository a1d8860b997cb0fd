"""Multiply-adds of one face through a Keras model."""

from __future__ import annotations

import math

import keras
from keras import layers

from training.architectures.layers import NormalizedConv2D


def multiply_adds(model: keras.Model) -> int:
    """Those of convolutions and dense layers, by their output's places; the rest is little."""
    return sum(_of_layer(layer) for layer in model.layers)


def _of_layer(layer: layers.Layer) -> int:
    if isinstance(layer, keras.Model):
        return multiply_adds(layer)
    if isinstance(layer, layers.Conv2D | NormalizedConv2D | layers.Dense):
        places = math.prod(layer.output.shape[1:-1])
        return places * math.prod(layer.kernel.shape)
    return 0
