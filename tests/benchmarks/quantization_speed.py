"""How much faster int8 is than float32, which depends on the vector instructions of the processor.

`python -m tests.benchmarks.quantization_speed` classifies with both files of simple_cnn in turn, in
LiteRT with one thread, and compares processor time. The repository has no float32 file of
resnet50v2.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np

from edge.runtimes import load_runtime
from models.registry import MODELS_FOLDER
from tests.benchmarks.machine import describe
from tests.benchmarks.target import Target

FORMATS = ("float32.tflite", "int8.tflite")
ROUNDS = 300
FASTER = 2


def main() -> None:
    """Print every row."""
    print(describe())
    for row in measure():
        print(row)


def measure() -> Iterator[Target | str]:
    """The median of each file, and their ratio."""
    folder = MODELS_FOLDER / "simple_cnn"
    models = [load_runtime(folder / name, 1, "ai_edge_litert") for name in FORMATS]
    face = np.random.default_rng(0).integers(0, 256, (1, 48, 48, 1), np.uint8)
    taken: list[list[float]] = [[] for _ in models]
    for _ in range(ROUNDS):
        for model, seconds in zip(models, taken, strict=True):
            begun = time.process_time()
            model.infer(face)
            seconds.append(time.process_time() - begun)
    float32, int8 = (statistics.median(seconds) for seconds in taken)
    yield f"     simple_cnn: {1e3 * float32:.2f} ms in float32, {1e3 * int8:.2f} ms in int8"
    yield Target("simple_cnn: int8 faster than float32, times", float32 / int8, FASTER)


if __name__ == "__main__":
    main()
