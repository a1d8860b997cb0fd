"""TFLite with float inputs to each operator; weights in float32, float16 or int8."""

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
        """Set no options: float32 is the converter's default."""


class DynamicTflite(TfliteFormat):
    """Weights in int8 per channel; activations are quantized dynamically, for each face."""

    criteria = INT8_CRITERIA

    def prepare(
        self,
        converter: tf.lite.TFLiteConverter,
        calibration: NDArray[np.uint8],  # noqa: ARG002
    ) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]


class Float16Tflite(TfliteFormat):
    """Weights stored in float16 and converted to float32 when the file is loaded."""

    criteria = FLOAT_CRITERIA

    def prepare(
        self,
        converter: tf.lite.TFLiteConverter,
        calibration: NDArray[np.uint8],  # noqa: ARG002
    ) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
