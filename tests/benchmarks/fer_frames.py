"""The processor time of the `fer` package for the frames of a film, in an environment of its own.

`/tmp/fer/bin/python tests/benchmarks/fer_frames.py FILM` prints milliseconds a frame and the number
of frames with a face, as JSON. It uses nothing of moodpi. Decoding of the film is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import cv2
from fer.fer import FER


def main() -> None:
    """Find and classify the faces of every frame with the package's defaults (Haar cascade)."""
    cv2.setNumThreads(1)
    detector, film = FER(mtcnn=False), cv2.VideoCapture(sys.argv[1])
    seconds, frames, faces = 0.0, 0, 0
    while True:
        read, frame = film.read()
        if not read:
            break
        begun = time.process_time()
        found = detector.detect_emotions(frame)
        # The first frame prepares the model.
        if frames:
            seconds += time.process_time() - begun
        frames += 1
        faces += bool(found)
    print(json.dumps({"ms": 1e3 * seconds / (frames - 1), "frames": frames, "faces": faces}))


if __name__ == "__main__":
    main()
