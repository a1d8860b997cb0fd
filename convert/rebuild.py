"""The trained model made anew in float32 from its weights alone."""

from __future__ import annotations

import keras

from convert.trained_weights import TrainedWeights
from training.architectures import architecture
from training.model_weights import assign_weights

LOGITS = "logits"


def rebuild(name: str, weights: TrainedWeights) -> keras.Model:
    """Faces float32 [n, 48, 48, 1] in 0..255 to logits [n, 7].

    Built under the float32 policy: a graph saved under a mixed one carries its casts along.
    MoodpiError where the weights are another model's.
    """
    # Names go into the files: they must not depend on what was built before in this process.
    keras.utils.clear_session()
    keras.mixed_precision.set_dtype_policy("float32")
    model = architecture(name)()
    assign_weights(model, weights.arrays, weights.path)
    return model


def with_probabilities(model: keras.Model, temperature: float) -> keras.Model:
    """The model with softmax(logits / temperature) as its output [n, 7].

    The last layer's own weights are divided, so that no format has an operator more for it; the
    model that is given changes with them.
    """
    last = model.get_layer(LOGITS)
    last.set_weights([array / temperature for array in last.get_weights()])
    probabilities = keras.layers.Softmax(name="probabilities")(model.outputs[0])
    return keras.Model(model.inputs, probabilities, name=model.name)
