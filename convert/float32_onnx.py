"""ONNX in float32, converted by tf2onnx."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray

from convert.acceptance import FLOAT_CRITERIA
from convert.graph import inference_function, input_signature
from convert.onnx_file import OnnxFormat
from moodpi.errors import MoodpiError
from moodpi.stderr import stderr_to_debug_log

# Of 2021; OpenCV 4.8 and every supported ONNX Runtime read it.
OPSET = 13


class Float32Onnx(OnnxFormat):
    """The Keras model with a uint8 input and a cast to float32."""

    criteria = FLOAT_CRITERIA

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:  # noqa: ARG002
        with stderr_to_debug_log():
            try:
                converted, _ = tf2onnx.convert.from_function(
                    inference_function(model), [input_signature(tf.uint8)], opset=OPSET
                )
            except (RuntimeError, ValueError, KeyError) as error:
                raise MoodpiError(f"tf2onnx failed: {error}", code="conversion_failed") from error
        # TensorFlow numbers its functions; without it the same weights give the same bytes.
        converted.graph.name = model.name
        return converted.SerializeToString(deterministic=True)
