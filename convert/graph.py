"""A Keras model as a TensorFlow function of constants, which is what the converters start from."""

from __future__ import annotations

import keras
import tensorflow as tf

from models.artefact import INPUT_SHAPE


def inference(model: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    """One face [1, 48, 48, 1], 0..255 in whatever type, to its probabilities [1, 7].

    The weights are constants: a converter folds what can be folded into them.
    """
    trainable = [v.numpy() for v in model.trainable_variables]
    others = [v.numpy() for v in model.non_trainable_variables]

    def infer(faces: tf.Tensor) -> tf.Tensor:
        grey = tf.cast(faces, tf.float32)
        # Made in here: constants from outside would be inputs of the graph.
        weights = [[tf.constant(array) for array in arrays] for arrays in (trainable, others)]
        probabilities, _ = model.stateless_call(*weights, grey, training=False)
        return probabilities

    return tf.function(infer)


def signature(dtype: tf.DType) -> tf.TensorSpec:
    """What the function is to take."""
    return tf.TensorSpec(INPUT_SHAPE, dtype, name="faces")
