"""One benchmark case in a process of its own.

`python -m edge.ops.bench.worker FILE PACKAGE THREADS SCALING` prints JSON lines. The first is the
load time. For each line with a number on standard input it prints the seconds of so many
inferences, and at the end of the input its peak memory.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from edge.ops.bench.memory import peak_memory
from moodpi.output import print_json

WARM_UP_RUNS = 10
FACES = 32


def main() -> None:
    """Load the model, warm up, and run inferences as requested on standard input."""
    path, package, threads, scaling = sys.argv[1:]
    start = time.perf_counter()
    if scaling:
        from edge.ops.bench.third_party import ThirdPartyModel

        infer = ThirdPartyModel(Path(path), int(threads), scaling).infer
    else:
        from edge.runtimes import load_runtime

        infer = load_runtime(Path(path), int(threads), package).infer
    faces = np.random.default_rng(0).integers(0, 256, (FACES, 1, 48, 48, 1), np.uint8)
    infer(faces[0])
    load_seconds = time.perf_counter() - start
    for face in faces[:WARM_UP_RUNS]:
        infer(face)
    _print({"load": load_seconds})
    for line in sys.stdin:
        seconds = []
        for number in range(int(line)):
            face = faces[number % FACES]
            start = time.perf_counter()
            infer(face)
            seconds.append(time.perf_counter() - start)
        _print({"seconds": seconds})
    _print({"peak": peak_memory()})


def _print(record: dict[str, object]) -> None:
    print_json(record, indent=None)


if __name__ == "__main__":
    main()
