"""Counts frames, faces and mood changes of a run."""

from __future__ import annotations

from collections import Counter

from edge.events import RunCounts
from edge.vision.frame_pipeline import FrameAnalysis, ScanMode


class RunCounter:
    """Counts since the start.

    Attributes:
        frames: Frames analysed.
        analysis_seconds: Time spent on finding and classifying faces.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.analysis_seconds = 0.0
        self._scan_modes: Counter[ScanMode] = Counter()
        self._faces = 0
        self._mood_changes = 0

    def add_frame(self, analysis: FrameAnalysis, seconds: float) -> None:
        """Count one frame, and the seconds that its analysis took."""
        self.frames += 1
        self.analysis_seconds += seconds
        self._scan_modes[analysis.scan_mode] += 1
        self._faces += bool(analysis.faces)

    def add_mood_change(self) -> None:
        """Count one change of mood."""
        self._mood_changes += 1

    def counts(self, dropped: int) -> RunCounts:
        """The counts now. dropped: the source's count of dropped frames."""
        return RunCounts(
            frames=self.frames,
            scanned=self._scan_modes[ScanMode.FULL_SCAN],
            tracked=self._scan_modes[ScanMode.TRACKED],
            skipped=self._scan_modes[ScanMode.SKIPPED],
            dropped=dropped,
            faces=self._faces,
            changes=self._mood_changes,
        )
