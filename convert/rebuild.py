"""Rebuilding a trained model in float32 from its weights."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from convert.trained_weights import TrainedWeights
from training.architectures import architecture
from training.model_weights import assign_weights

LOGITS_LAYER = "logits"


def rebuild_model(name: str, weights: TrainedWeights) -> keras.Model:
    """The trained model: faces float32 [n, 48, 48, 1] in 0..255 to logits [n, 7].

    It is built under the float32 policy, because a graph built under a mixed one contains casts.

    Raises MoodpiError if the weights are those of another model.
    """
    # Layer names go into the file: they must not depend on models built before in this process.
    keras.utils.clear_session()
    keras.mixed_precision.set_dtype_policy("float32")
    model = architecture(name)()
    assign_weights(model, weights.arrays, weights.path)
    return model


def shift_logits(model: keras.Model, shift: NDArray[np.float32]) -> None:
    """Add `shift` [7] to the logits, in the bias of the last layer. This modifies `model`."""
    last = model.get_layer(LOGITS_LAYER)
    kernel, bias = last.get_weights()
    last.set_weights([kernel, bias + shift])


def with_probabilities(model: keras.Model, temperature: float) -> keras.Model:
    """The model with the output softmax(logits / temperature) [n, 7].

    The weights of the last layer are divided by the temperature, so the file needs no extra
    operator. This modifies `model`.
    """
    last = model.get_layer(LOGITS_LAYER)
    last.set_weights([array / temperature for array in last.get_weights()])
    probabilities = keras.layers.Softmax(name="probabilities")(model.outputs[0])
    return keras.Model(model.inputs, probabilities, name=model.name)
