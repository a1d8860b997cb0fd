"""A Keras model as a TensorFlow function with constant weights, the input of the converters."""

from __future__ import annotations

import keras
import tensorflow as tf

from models.artefact import INPUT_SHAPE


def inference_function(model: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    """A function from one face [1, 48, 48, 1], 0..255 of any dtype, to the output [1, 7].

    The weights are constants, so a converter can fold operations into them.
    """
    trainable = [v.numpy() for v in model.trainable_variables]
    others = [v.numpy() for v in model.non_trainable_variables]

    def infer(faces: tf.Tensor) -> tf.Tensor:
        grey = tf.cast(faces, tf.float32)
        # Created inside: constants from outside would become inputs of the graph.
        weights = [[tf.constant(array) for array in arrays] for arrays in (trainable, others)]
        probabilities, _ = model.stateless_call(*weights, grey, training=False)
        return probabilities

    return tf.function(infer)


def input_signature(dtype: tf.DType) -> tf.TensorSpec:
    """The signature of the function's input."""
    return tf.TensorSpec(INPUT_SHAPE, dtype, name="faces")
