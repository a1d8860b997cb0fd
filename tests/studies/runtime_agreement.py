"""Agreement of the probabilities of two Python environments with different runtimes, per face.

python -m tests.studies.runtime_agreement --data fer2013.csv.gz --python OTHER/bin/python [FILE...]

It runs the installed int8.tflite of each model (or FILEs) over PublicTest here and there, and
prints the share of faces with the same largest probability and the largest difference, in 256ths.
The other environment needs numpy and a runtime alone: tflite-runtime on Python 3.11 with numpy
below 2, or ai-edge-litert on another Python.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.registry import Registry
from training.data.loading import load_faces
from training.data.splits import require_split

ROOT = Path(__file__).resolve().parents[2]
FORMAT = "int8.tflite"
SAME, STEPS = 0.995, 8
# What either Python does: faces in, probabilities out, and the runtime's name.
_RUN = """
import sys
from pathlib import Path
import numpy as np
from edge.runtimes import load_runtime
model, faces, found = map(Path, sys.argv[1:])
runtime = load_runtime(model)
np.save(found, np.stack([runtime.infer(face[None, ..., None]) for face in np.load(faces)]))
print(type(runtime).__name__, "on Python", ".".join(map(str, sys.version_info[:3])))
"""


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(description="Do two runtimes agree?")
    parser.add_argument("--data", type=Path, required=True, metavar="FER2013")
    parser.add_argument("--python", required=True, help="the other environment's")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    faces = require_split(load_faces(arguments.data), "PublicTest", arguments.data).images
    registry = Registry()
    installed = [registry.find(model, FORMAT).path for model in registry.models()]
    for path in arguments.files or installed:
        here, name = _probabilities(sys.executable, path, faces)
        there, other = _probabilities(arguments.python, path, faces)
        same = float(np.mean(here.argmax(axis=1) == there.argmax(axis=1)))
        steps = 256 * np.abs(here - there).max(axis=1)
        kept = same >= SAME and steps.max() <= STEPS
        print(
            f"{'ok  ' if kept else 'MISS'} {path.parent.name} {path.name}, {name} and {other}: "
            f"the same on {same:.2%} of {len(faces)} faces (bar {SAME:.1%}), at most "
            f"{steps.max():.0f}/256 apart (bar {STEPS}/256), more than that on "
            f"{int(np.sum(steps > STEPS))}"
        )


def _probabilities(
    python: str, model: Path, faces: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], str]:
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "faces.npy", Path(folder) / "found.npy"
        np.save(given, faces)
        done = subprocess.run(
            [python, "-c", _RUN, str(model), str(given), str(found)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        return np.load(found), done.stdout.strip()


if __name__ == "__main__":
    main()
