"""Full-integer TFLite: uint8 faces in, int8 inside, float32 probabilities out."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from convert.acceptance import INT8_CRITERIA
from convert.tflite import TfliteFile, TfliteFormat
from moodpi.errors import MoodpiError


class Int8Tflite(TfliteFormat):
    """Weights (per channel) and activations in int8, calibrated on real faces.

    The input must have scale 1 and zero point 0, so that a uint8 pixel equals the training value.
    The converter derives both from the calibration faces; `check` verifies them.
    """

    criteria = INT8_CRITERIA
    input_type = tf.float32

    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [face[None].astype(np.float32)] for face in calibration
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
        converter.inference_output_type = tf.float32

    def check(self, file: TfliteFile) -> None:
        super().check(file)
        if tuple(file.input["quantization"]) != (1.0, 0):
            raise MoodpiError(
                f"the exported input has scale and zero point {file.input['quantization']}, "
                "expected (1.0, 0): the calibration faces must contain a 0 and a 255",
                code="input_quantization",
            )
