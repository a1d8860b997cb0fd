"""Speed and size targets of the exported models, measured in one run with one thread.

`python -m tests.benchmarks.model_targets [MODELS]` prints each figure next to its target. A model
or format that is not installed is reported as unmeasured; quantization_speed.py compares int8 with
float32.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from edge.ops.bench.cases import benchmark_cases
from edge.ops.bench.measure import Result
from edge.ops.bench.measure import measure as run
from models.registry import MODELS_FOLDER, Registry
from tests.benchmarks.machine import describe
from tests.benchmarks.target import Target

RUNS = 500
MEMORY = {"simple_cnn": 80, "resnet50v2": 130}
LITERT, ONNX = "ai_edge_litert", "onnxruntime"
Results = dict[tuple[str, str, str], Result]


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description="What the exported models are held to")
    parser.add_argument("models", nargs="?", type=Path, default=MODELS_FOLDER, metavar="MODELS")
    arguments = parser.parse_args()
    print(describe())
    for row in measure(arguments.models):
        print(row)


def measure(folder: Path = MODELS_FOLDER) -> Iterator[Target | str]:
    """The targets of every model of a folder, measured in turn."""
    plan = benchmark_cases(Registry(folder), (), (), (LITERT, ONNX), (1,))
    rows = run(plan, RUNS, lambda _: None)
    results = {(r.case.model, r.case.format, r.case.package): r for r in rows if not r.failure}
    for model in MEMORY:
        yield from of_model(model, results)
    first = results.get(("simple_cnn", "int8.tflite", LITERT))
    if first:
        share = first.load / _import_time("tensorflow")
        yield Target("load and first inference, of TensorFlow's import", share, 0.1, at_least=False)


def of_model(model: str, results: Results) -> Iterator[Target | str]:
    """The targets of one model."""
    int8, float32 = (
        results.get((model, name, LITERT)) for name in ("int8.tflite", "float32.tflite")
    )
    onnx = results.get((model, "int8.onnx", ONNX))
    if int8 is None:
        yield f"--   {model} is unmeasured: no int8.tflite of it is installed"
        return
    if float32:
        share = int8.size / float32.size
        yield Target(f"{model}: int8's size, of float32's", share, 0.27, at_least=False)
    if onnx:
        times = onnx.p50 / int8.p50
        yield Target(f"{model}: LiteRT's int8 faster than ONNX Runtime's, times", times, 1)
    yield Target(
        f"{model}: memory of a process that only classifies",
        int8.peak / 1e6,
        MEMORY[model],
        at_least=False,
        unit=" MB",
    )


def _import_time(package: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {package}"], check=True, capture_output=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
