"""The whole vision loop, timed step by step on a video or a folder."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge.bench.memory import peak_memory
from edge.classifier import EmotionClassifier
from edge.config import Config
from edge.faces import HaarFaceDetector, crop
from edge.mood import MoodTracker
from edge.sources import open_source
from moodpi.errors import MoodpiError

STEPS = ("capture", "detect", "crop", "classify", "mood")


@dataclass(frozen=True)
class Timing:
    """frames read, with_face of them; steps: mean milliseconds a frame by name of STEPS; cpu:
    milliseconds of processor a frame; share: of one processor's time; peak: bytes of memory.
    """

    frames: int
    with_face: int
    steps: dict[str, float]
    cpu: float
    share: float
    peak: int

    def lines(self) -> list[str]:
        """For people at a terminal."""
        told = ", ".join(f"{name} {value:.2f} ms" for name, value in self.steps.items())
        return [
            f"{self.frames} frames, {self.with_face} with a face",
            f"a frame: {told}",
            (
                f"{self.cpu:.2f} ms of processor a frame, {self.share:.0%} of one processor, "
                f"{self.peak / 1e6:.0f} MB at most"
            ),
        ]


def time_pipeline(source: str, config: Config) -> Timing:
    """Read the whole source as `moodpi run` would; MoodpiError where it holds no frame."""
    classifier = EmotionClassifier.load(
        config.model.name, config.model.format, config.model.threads
    )
    detector = HaarFaceDetector(
        config.faces.longest_side, config.faces.smallest_face, config.faces.neighbours
    )
    tracker = MoodTracker(config.mood)
    taken: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        taken[step] += time.perf_counter() - begun

    frames = with_face = 0
    wall, processor = time.perf_counter(), time.process_time()
    with open_source(source, config.source) as pictures:
        while True:
            with timed("capture"):
                frame = pictures.read()
            if frame is None:
                break
            frames += 1
            with timed("detect"):
                boxes = detector.detect(frame.grey)
            probabilities = None
            if boxes:
                with_face += 1
                with timed("crop"):
                    face = crop(frame.grey, boxes[0])
                with timed("classify"):
                    probabilities = classifier.classify(face)
            with timed("mood"):
                tracker.update(probabilities, frame.time)
    if not frames:
        raise MoodpiError(f"{source} holds no frame to time")
    spent = time.process_time() - processor
    return Timing(
        frames,
        with_face,
        {step: 1e3 * taken[step] / frames for step in STEPS},
        1e3 * spent / frames,
        spent / (time.perf_counter() - wall),
        peak_memory(),
    )
