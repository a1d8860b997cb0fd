"""TFLite with floating-point activations: float32, float16 and int8 weights."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from convert.acceptance import FLOAT_CRITERIA, INT8_CRITERIA
from convert.tflite import TfliteFormat


class Float32Tflite(TfliteFormat):
    """Weights in float32."""

    criteria = FLOAT_CRITERIA

    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        """Only the cast of the input differs from the Keras model."""


class DynamicTflite(TfliteFormat):
    """Weights in int8 per channel; activations are quantized dynamically, for each face."""

    criteria = INT8_CRITERIA

    def prepare(
        self,
        converter: tf.lite.TFLiteConverter,
        calibration: NDArray[np.uint8],  # noqa: ARG002
    ) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]


class Float16Tflite(DynamicTflite):
    """Weights stored in float16 and converted to float32 when the file is loaded."""

    criteria = FLOAT_CRITERIA

    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        super().prepare(converter, calibration)
        converter.target_spec.supported_types = [tf.float16]
