"""The trained model made anew in float32 from its weights alone, with probabilities as output."""

from __future__ import annotations

import keras

from convert.trained_weights import TrainedWeights
from training.architectures import architecture
from training.model_weights import assign_weights


def rebuild(name: str, weights: TrainedWeights) -> keras.Model:
    """Faces float32 [n, 48, 48, 1] in 0..255 to probabilities [n, 7].

    Built under the float32 policy: a graph saved under a mixed one carries its casts along.
    MoodpiError where the weights are another model's.
    """
    keras.mixed_precision.set_dtype_policy("float32")
    model = architecture(name)()
    assign_weights(model, weights.arrays, weights.path)
    probabilities = keras.layers.Softmax(name="probabilities")(model.outputs[0])
    return keras.Model(model.inputs, probabilities, name=name)
