"""TFLite that calculates in floating point: as it is, with half the weights, or with a quarter."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from convert.gate import FLOAT, INTEGER
from convert.tflite import TfliteFormat


class Float32Tflite(TfliteFormat):
    """The weights as they are."""

    gate = FLOAT

    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        """Nothing but the input's cast sets it apart from the Keras model."""


class DynamicTflite(TfliteFormat):
    """The weights in int8, per channel; activations are quantized face by face as they come."""

    gate = INTEGER

    def prepare(
        self,
        converter: tf.lite.TFLiteConverter,
        calibration: NDArray[np.uint8],  # noqa: ARG002
    ) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]


class Float16Tflite(DynamicTflite):
    """The weights stored in float16, and widened when the file is loaded."""

    gate = FLOAT

    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        super().prepare(converter, calibration)
        converter.target_spec.supported_types = [tf.float16]
