"""The time of a training step of ResNet50V2 with Keras's layers and with moodpi's.

`python -m tests.studies.resnet_cost [POLICY]` needs moodpi[train]; mixed_bfloat16 by default.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping

import keras
import numpy as np

from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe
from training.architectures import resnet50v2

BATCH = 128
STEPS = 8
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
    random = np.random.default_rng(1)
    faces = random.integers(0, 256, (BATCH, 48, 48, 1)).astype("float32")
    targets = np.eye(len(EMOTIONS), dtype="float32")[random.integers(0, len(EMOTIONS), BATCH)]
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(STEPS):
        for name, model in models.items():
            begun = time.perf_counter()
            model.train_on_batch(faces, targets)
            seconds[name].append(time.perf_counter() - begun)
    # The first steps build the graph.
    medians = {name: statistics.median(taken[2:]) for name, taken in seconds.items()}
    print(f"{describe()}, {keras.backend.backend()}, {policy}, {BATCH} faces a step")
    for name, median in medians.items():
        print(f"{name:<24} {median:.3f} s  {median / medians[next(iter(KINDS))]:.2f} x")


def _model(cheaper: Mapping[type[keras.Layer], type[keras.Layer]]) -> keras.Model:
    model = resnet50v2.build(dict(cheaper))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, jit_compile=False)
    return model


if __name__ == "__main__":
    main()
