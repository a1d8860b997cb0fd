"""The time of a training step of ResNet50V2 with Keras's layers and with moodpi's.

`python -m tests.studies.resnet_cost [POLICY]` needs moodpi[train]; mixed_bfloat16 by default.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import keras

from tests.studies.step_time import print_step_times
from training.architectures import resnet50v2

STEPS = 9
KINDS: dict[str, Mapping[type[keras.Layer], type[keras.Layer]]] = {
    "Keras's own layers": {},
    "PatchConv2D": {keras.layers.Conv2D: resnet50v2.FASTER_TRAINING[keras.layers.Conv2D]},
    "and GhostNormalization": resnet50v2.FASTER_TRAINING,
}


def main() -> None:
    """Print the median seconds of each kind's steps, taken in turn, and their ratio."""
    policy = sys.argv[1] if len(sys.argv) > 1 else "mixed_bfloat16"
    keras.mixed_precision.set_dtype_policy(policy)
    models = {name: _model(cheaper) for name, cheaper in KINDS.items()}
    print_step_times(models, STEPS)


def _model(cheaper: Mapping[type[keras.Layer], type[keras.Layer]]) -> keras.Model:
    model = resnet50v2.build(dict(cheaper))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, jit_compile=False)
    return model


if __name__ == "__main__":
    main()
