"""Full-integer TFLite: int8 inside, raw grey bytes in, float32 probabilities out."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.lite.python.convert import ConverterError

from convert.formats import ExportFormat
from convert.tflite import TfliteFile
from moodpi.errors import MoodpiError
from training.quiet import quiet

INPUT_SHAPE = (1, 48, 48, 1)


class Int8Tflite(ExportFormat):
    """Weights per channel and activations in int8, calibrated on real faces.

    The input's quantization must be the identity (scale 1, zero point 0), so that a byte from the
    camera is the value that training saw. The converter takes it from the calibration faces; what
    it took is checked.
    """

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        with quiet():
            converter = tf.lite.TFLiteConverter.from_concrete_functions(
                [_inference(model)], tf.Module()
            )
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: (
                [face[None].astype(np.float32)] for face in calibration
            )
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = tf.uint8
            converter.inference_output_type = tf.float32
            try:
                content: bytes = converter.convert()
            except (ConverterError, RuntimeError, ValueError) as error:
                raise MoodpiError(f"the TFLite converter failed: {error}") from error
        _check_interface(TfliteFile(content))
        return content

    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        return TfliteFile(content).predict(faces)


def _inference(model: keras.Model) -> tf.types.experimental.ConcreteFunction:
    """One face to its probabilities, the weights constants: the converter folds what it can."""
    trainable = [tf.constant(v.numpy()) for v in model.trainable_variables]
    others = [tf.constant(v.numpy()) for v in model.non_trainable_variables]

    def infer(faces: tf.Tensor) -> tf.Tensor:
        probabilities, _ = model.stateless_call(trainable, others, faces, training=False)
        return probabilities

    signature = tf.TensorSpec(INPUT_SHAPE, tf.float32, name="faces")
    return tf.function(infer).get_concrete_function(signature)


def _check_interface(file: TfliteFile) -> None:
    found = (file.input["dtype"], tuple(file.input["shape"]), tuple(file.input["quantization"]))
    if found != (np.uint8, INPUT_SHAPE, (1.0, 0)):
        raise MoodpiError(
            f"the exported input is {found[0].__name__} {found[1]} with scale and zero point "
            f"{found[2]}, expected uint8 {INPUT_SHAPE} with (1.0, 0): the calibration faces must "
            "hold a 0 and a 255"
        )
    if file.output["dtype"] != np.float32:
        raise MoodpiError(
            f"the exported output is {file.output['dtype'].__name__}, expected float32"
        )
