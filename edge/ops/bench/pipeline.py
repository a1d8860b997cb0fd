"""The whole vision loop, timed step by step on a video or a folder."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge.config.load import Config
from edge.mood.tracker import MoodTracker
from edge.ops.bench.memory import peak_memory
from edge.sources import open_source
from edge.vision.classifier import EmotionClassifier
from edge.vision.pipeline import WAYS, FramePipeline
from moodpi.errors import MoodpiError

STEPS = ("capture", "look", "mood")


@dataclass(frozen=True)
class Timing:
    """frames read, with_face of them; steps: mean milliseconds a frame by name of STEPS; looks: by
    way of searching, how many frames and mean milliseconds each; cpu: milliseconds of
    processor a frame; share: of one processor's time; peak: bytes of memory.
    """

    frames: int
    with_face: int
    steps: dict[str, float]
    looks: dict[str, tuple[int, float]]
    cpu: float
    share: float
    peak: int

    def lines(self) -> list[str]:
        """For people at a terminal."""
        steps = ", ".join(f"{name} {value:.2f} ms" for name, value in self.steps.items())
        looks = ", ".join(
            f"{count} {way}, {value:.2f} ms each" for way, (count, value) in self.looks.items()
        )
        return [
            f"{self.frames} frames, {self.with_face} with a face",
            f"looks: {looks}",
            f"a frame: {steps}",
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
    eyes = FramePipeline(classifier, config.faces)
    tracker = MoodTracker(config.mood)
    taken: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        taken[step] += time.perf_counter() - begun

    with_face = 0
    looks: Counter[str] = Counter()
    wall, processor = time.perf_counter(), time.process_time()
    with open_source(source, config.source) as pictures:
        while True:
            with timed("capture"):
                frame = pictures.read()
            if frame is None:
                break
            before = taken["look"]
            with timed("look"):
                look = eyes.look(frame)
            looks[look.way] += 1
            taken[look.way] += taken["look"] - before
            with_face += bool(look.faces)
            with timed("mood"):
                tracker.update(look.probabilities, frame.time)
    frames = looks.total()
    if not frames:
        raise MoodpiError(f"{source} holds no frame to time")
    spent = time.process_time() - processor
    return Timing(
        frames,
        with_face,
        {step: 1e3 * taken[step] / frames for step in STEPS},
        {way: (looks[way], 1e3 * taken[way] / max(1, looks[way])) for way in WAYS},
        1e3 * spent / frames,
        spent / (time.perf_counter() - wall),
        peak_memory(),
    )
