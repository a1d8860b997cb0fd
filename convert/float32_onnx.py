"""ONNX in float32, by tf2onnx."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from numpy.typing import NDArray

from convert.gate import FLOAT
from convert.graph import inference, signature
from convert.onnx_file import OnnxFormat
from moodpi.errors import MoodpiError
from moodpi.stderr import stderr_to_debug_log

# Of 2021: what OpenCV 4.8's importer and every ONNX Runtime of these years read.
OPSET = 13


class Float32Onnx(OnnxFormat):
    """Raw bytes in, a cast, and then the Keras model as it is."""

    gate = FLOAT

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:  # noqa: ARG002
        with stderr_to_debug_log():
            try:
                converted, _ = tf2onnx.convert.from_function(
                    inference(model), [signature(tf.uint8)], opset=OPSET
                )
            except (RuntimeError, ValueError, KeyError) as error:
                raise MoodpiError(f"tf2onnx failed: {error}") from error
        # TensorFlow numbers its functions; the same weights are to give the same bytes.
        converted.graph.name = model.name
        return converted.SerializeToString(deterministic=True)
