"""The time of a training step of several models, taken in turn on faces of noise."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

import keras
import numpy as np

from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe

BATCH = 128
# The first steps build the graph.
WARM_UP_STEPS = 3


def print_step_times(models: Mapping[str, keras.Model], steps: int) -> None:
    """Print the median seconds of a step of each compiled model, and its ratio to the first one.

    models: From faces [n, 48, 48, 1] to one output for each emotion.
    steps: The number of steps, of which the first WARM_UP_STEPS do not count.
    """
    random = np.random.default_rng(1)
    faces = random.normal(size=(BATCH, 48, 48, 1)).astype("float32")
    targets = np.eye(len(EMOTIONS), dtype="float32")[random.integers(0, len(EMOTIONS), BATCH)]
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(steps):
        for name, model in models.items():
            begun = time.perf_counter()
            model.train_on_batch(faces, targets)
            seconds[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(taken[WARM_UP_STEPS:]) for name, taken in seconds.items()}
    policy = keras.mixed_precision.dtype_policy().name
    print(f"{describe()}, {keras.backend.backend()}, {policy}, {BATCH} faces a step")
    first = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:<24} {median:.3f} s  {median / first:.2f} x")
