"""The run time of the whole vision pipeline on a video or a folder, step by step."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2

from edge.config.load import Config
from edge.mood.tracker import MoodTracker
from edge.ops.bench.memory import peak_memory
from edge.sources import open_source
from edge.vision.classifier import EmotionClassifier
from edge.vision.frame_pipeline import FramePipeline, ScanMode
from moodpi.errors import MoodpiError

STEPS = ("capture", "analysis", "mood")


@dataclass(frozen=True)
class Timing:
    """Measured run time, in wall-clock time unless stated otherwise.

    Attributes:
        frames: Number of frames.
        with_face: Number of frames with a face.
        steps: Mean milliseconds a frame, by name in STEPS.
        scan_modes: Number of frames and mean milliseconds of their analysis, by ScanMode's values.
        cpu: Processor milliseconds a frame.
        share: Processor time as a share of one processor's.
        peak: Peak memory in bytes.

    """

    frames: int
    with_face: int
    steps: dict[str, float]
    scan_modes: dict[str, tuple[int, float]]
    cpu: float
    share: float
    peak: int

    def lines(self) -> list[str]:
        """The text that `moodpi bench --pipeline` prints."""
        steps = ", ".join(f"{name} {value:.2f} ms" for name, value in self.steps.items())
        modes = ", ".join(
            f"{count} {mode} ({value:.2f} ms each)"
            for mode, (count, value) in self.scan_modes.items()
        )
        return [
            f"{self.frames} frames, {self.with_face} with a face",
            f"frames by scan mode: {modes}",
            f"time per frame: {steps}",
            (
                f"{self.cpu:.2f} ms processor time per frame, {self.share:.0%} of one processor, "
                f"{self.peak / 1e6:.0f} MB peak memory"
            ),
        ]


def time_pipeline(source: str, config: Config) -> Timing:
    """Process the whole source as `moodpi run` does. Raises MoodpiError if it has no frames."""
    cv2.setNumThreads(config.model.threads)
    classifier = EmotionClassifier.from_config(config)
    pipeline = FramePipeline(classifier, config.faces)
    tracker = MoodTracker(config.mood)
    seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[step] += time.perf_counter() - start

    with_face = 0
    modes: Counter[ScanMode] = Counter()
    wall_start, cpu_start = time.perf_counter(), time.process_time()
    with open_source(source, config.source) as frames:
        while True:
            with timed("capture"):
                frame = frames.read()
            if frame is None:
                break
            before = seconds["analysis"]
            with timed("analysis"):
                analysis = pipeline.analyse(frame)
            modes[analysis.scan_mode] += 1
            seconds[analysis.scan_mode.value] += seconds["analysis"] - before
            with_face += bool(analysis.faces)
            with timed("mood"):
                tracker.update(analysis.probabilities, frame.time)
    count = modes.total()
    if not count:
        raise MoodpiError(f"{source} has no frames to time", code="no_frames")
    cpu_seconds = time.process_time() - cpu_start
    return Timing(
        count,
        with_face,
        {step: 1e3 * seconds[step] / count for step in STEPS},
        {
            mode.value: (modes[mode], 1e3 * seconds[mode.value] / max(1, modes[mode]))
            for mode in ScanMode
        },
        1e3 * cpu_seconds / count,
        cpu_seconds / (time.perf_counter() - wall_start),
        peak_memory(),
    )
