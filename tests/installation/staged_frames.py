"""Analyses the frames of a file and tells the emulator's plugin which stage is running.

`python staged_frames.py FRAMES.npy RATE`, in an emulated system that moodpi is installed in. FRAMES
is uint8 [n, h, w]. The stages are numbered as in STAGES; instruction_count.c counts them.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import cv2
import numpy as np

from edge.config.settings import FacesSettings, MoodSettings
from edge.frame import Frame
from edge.mood.tracker import MoodTracker
from edge.vision import frame_pipeline
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.motion import MotionDetector

# As in instruction_count.c.
FIRST_STAGE = 0x5A6E0000
OUTSIDE, REST = 0, 1
# What belongs to each stage: the owner of a function, and its name.
STAGES: dict[int, tuple[tuple[Any, str], ...]] = {
    2: ((MotionDetector, "analysis_due"), (MotionDetector, "set_reference")),
    3: ((HaarFaceDetector, "detect"),),
    4: ((HaarFaceDetector, "detect_near"),),
    5: ((frame_pipeline, "classify_face"),),
    6: ((MoodTracker, "update"),),
}


class StageMarker:
    """Enters stages; the stage that called returns at the end of each."""

    def __init__(self) -> None:
        self._getpgid = ctypes.CDLL(None).getpgid
        self._stage = OUTSIDE

    def marking(self, stage: int, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, which enters its stage."""

        @wraps(function)
        def marked(*arguments: Any, **options: Any) -> Any:
            caller = self._stage
            self._enter(stage)
            try:
                return function(*arguments, **options)
            finally:
                self._enter(caller)

        return marked

    def _enter(self, stage: int) -> None:
        self._stage = stage
        self._getpgid(FIRST_STAGE + stage)


def main() -> None:
    """Analyse every frame as the daemon does."""
    cv2.setNumThreads(1)
    frames, rate = np.load(sys.argv[1]), float(sys.argv[2])
    marker = StageMarker()
    for stage, functions in STAGES.items():
        for owner, name in functions:
            setattr(owner, name, marker.marking(stage, getattr(owner, name)))
    pipeline = frame_pipeline.FramePipeline(EmotionClassifier.load(), FacesSettings())
    mood_tracker = MoodTracker(MoodSettings())
    faces = 0

    def process(number: int) -> None:
        nonlocal faces
        analysis = pipeline.analyse(Frame(frames[number], number / rate, number))
        mood_tracker.update(analysis.probabilities, number / rate)
        faces += bool(analysis.faces)

    process_staged = marker.marking(REST, process)
    for number in range(len(frames)):
        process_staged(number)
    print(faces)


if __name__ == "__main__":
    main()
