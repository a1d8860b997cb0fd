"""Multiply-accumulate operations (MACs) of a Keras model for one face."""

from __future__ import annotations

import math

import keras
from keras import layers

from training.architectures.layers import NormalizedConv2D


def count_macs(model: keras.Model) -> int:
    """The MACs of all convolutions and dense layers. Other layers are negligible."""
    return sum(_layer_macs(layer) for layer in model.layers)


def _layer_macs(layer: layers.Layer) -> int:
    if isinstance(layer, keras.Model):
        return count_macs(layer)
    if isinstance(layer, layers.Conv2D | NormalizedConv2D | layers.Dense):
        positions = math.prod(layer.output.shape[1:-1])
        return positions * math.prod(layer.kernel.shape)
    return 0
