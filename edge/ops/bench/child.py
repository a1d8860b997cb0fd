"""One configuration in a process of its own: `python -m edge.ops.bench.child FILE PACKAGE THREADS`.

Says a line of JSON when the model is loaded and has looked at its first faces, then for each line
with a number on its standard input one with so many inferences' seconds, and at the end of the
input how much memory it took.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from edge.ops.bench.memory import peak_memory

WARM_UP = 10
FACES = 32


def main() -> None:
    """Load, warm up, and infer as often as is asked."""
    path, package, threads, scaling = sys.argv[1:]
    begun = time.perf_counter()
    if scaling:
        from edge.ops.bench.foreign import ThirdPartyModel

        infer = ThirdPartyModel(Path(path), int(threads), scaling).infer
    else:
        from edge.runtimes import load_runtime

        infer = load_runtime(Path(path), int(threads), package).infer
    faces = np.random.default_rng(0).integers(0, 256, (FACES, 1, 48, 48, 1), np.uint8)
    infer(faces[0])
    loaded = time.perf_counter() - begun
    for face in faces[:WARM_UP]:
        infer(face)
    _say({"load": loaded})
    for line in sys.stdin:
        taken = []
        for number in range(int(line)):
            face = faces[number % FACES]
            begun = time.perf_counter()
            infer(face)
            taken.append(time.perf_counter() - begun)
        _say({"seconds": taken})
    _say({"peak": peak_memory()})


def _say(words: dict[str, object]) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
