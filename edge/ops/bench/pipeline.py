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
from edge.sources import FrameSource, open_source
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
    run = _TimedRun(config)
    wall_start, cpu_start = time.perf_counter(), time.process_time()
    with open_source(source, config.source) as frames:
        run.process(frames)
    cpu_seconds, wall_seconds = time.process_time() - cpu_start, time.perf_counter() - wall_start
    if not run.modes:
        raise MoodpiError(f"{source} has no frames to time", code="no_frames")
    return run.timing(cpu_seconds, wall_seconds)


class _TimedRun:
    """The pipeline of a run with a clock for each step.

    modes: number of frames by scan mode.
    """

    def __init__(self, config: Config) -> None:
        self.modes: Counter[ScanMode] = Counter()
        self._pipeline = FramePipeline(EmotionClassifier.from_config(config), config.faces)
        self._tracker = MoodTracker(config.mood)
        self._with_face = 0
        # By step, and by scan mode.
        self._seconds: dict[str, float] = defaultdict(float)

    def process(self, frames: FrameSource) -> None:
        """Process frames up to the end of their source."""
        while True:
            with self._timed("capture"):
                frame = frames.read()
            if frame is None:
                return
            before = self._seconds["analysis"]
            with self._timed("analysis"):
                analysis = self._pipeline.analyse(frame)
            self.modes[analysis.scan_mode] += 1
            self._seconds[analysis.scan_mode.value] += self._seconds["analysis"] - before
            self._with_face += bool(analysis.faces)
            with self._timed("mood"):
                self._tracker.update(analysis.probabilities, frame.time)

    def timing(self, cpu_seconds: float, wall_seconds: float) -> Timing:
        """The means over all frames. There must be one."""
        count = self.modes.total()
        return Timing(
            count,
            self._with_face,
            {step: 1e3 * self._seconds[step] / count for step in STEPS},
            {
                mode.value: (
                    self.modes[mode],
                    1e3 * self._seconds[mode.value] / max(1, self.modes[mode]),
                )
                for mode in ScanMode
            },
            1e3 * cpu_seconds / count,
            cpu_seconds / wall_seconds,
            peak_memory(),
        )

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._seconds[step] += time.perf_counter() - start
