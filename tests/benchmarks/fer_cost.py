"""The cost of the frame pipeline, compared to the `fer` package on the same film.

`python -m tests.benchmarks.fer_cost FER-PYTHON [SECONDS]`. FER-PYTHON is the Python of an
environment of its own:

    python3.11 -m venv /tmp/fer
    /tmp/fer/bin/pip install 'tensorflow-cpu==2.15.*' 'numpy<2' 'opencv-python-headless<4.12'
    /tmp/fer/bin/pip install 'numpy<2' 'setuptools<80' 'pandas<3' requests matplotlib tqdm
    /tmp/fer/bin/pip install --no-deps fer

The film is moving.avi of portrait_film.py. Both have one thread. Processor time, without decoding.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.classifier import EmotionClassifier
from edge.vision.frame_pipeline import FramePipeline
from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import RATE, moving, write
from tests.benchmarks.target import Target

BAR = 1 / 12


def main() -> None:
    """Print the ratio next to its target."""
    seconds = float(sys.argv[2]) if sys.argv[2:] else 20.0
    with TemporaryDirectory() as folder:
        film = write(Path(folder) / "moving.avi", islice(moving(), round(seconds * RATE)))
        theirs, ours = fer_cost(sys.argv[1], film), moodpi_cost(film)
    print(describe())
    ratio = ours["ms"] / theirs["ms"]
    print(Target("moving: processor time a frame, of fer's", ratio, BAR, at_least=False))
    for name, cost in (("fer", theirs), ("moodpi", ours)):
        print(f"     {name}: {cost['ms']:.2f} ms, a face in {cost['faces']} of {cost['frames']}")


def fer_cost(python: str, film: Path) -> dict[str, Any]:
    """What fer_frames.py prints."""
    script = Path(__file__).with_name("fer_frames.py")
    done = subprocess.run(
        [python, script, film], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    cost: dict[str, Any] = json.loads(done.stdout)
    return cost


def moodpi_cost(film: Path) -> dict[str, Any]:
    """The same of the frame pipeline, with the grey frames that its sources give."""
    cv2.setNumThreads(1)
    pipeline = FramePipeline(EmotionClassifier.load(), FacesSettings())
    capture = cv2.VideoCapture(str(film))
    seconds, frames, faces = 0.0, 0, 0
    while True:
        read, colour = capture.read()
        if not read:
            break
        frame = Frame(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), frames / RATE, frames)  # type: ignore[arg-type]
        begun = time.process_time()
        analysis = pipeline.analyse(frame)
        seconds += time.process_time() - begun
        frames += 1
        faces += bool(analysis.faces)
    return {"ms": 1e3 * seconds / frames, "frames": frames, "faces": faces}


if __name__ == "__main__":
    main()
