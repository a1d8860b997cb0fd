"""From what each frame shows to a mood that changes slowly, whatever the frame rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.settings import MoodSettings
from models.emotions import EMOTIONS

# A face seen once after a gap says nothing about the gap: one step counts for at most this long,
# in seconds; at one frame a second the first mood still comes with the third look.
LONGEST_STEP = 0.7
# Durations are sums of many small steps: what is short by less than this is long enough.
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Mood:
    """A settled mood.

    emotion: one of EMOTIONS, None when unsure. confidence: its averaged probability, or the
    highest one when unsure. probabilities: the average, float32 [7]. why: what brought it about.
    """

    emotion: str | None
    confidence: float
    probabilities: NDArray[np.float32]
    why: str


class MoodTracker:
    """Averages probabilities over time and decides when the mood has changed.

    The average is exponential in time: an interval of dt seconds between two looks at the face
    keeps exp(-dt / smoothing) of what was known and takes the rest from the mean of the two
    looks, so 5 and 15 frames a second give the same curve. Only time with a face in view counts.
    """

    _faceless: float
    _since_change: float

    def __init__(self, settings: MoodSettings) -> None:
        self._settings = settings
        self._last_time: float | None = None
        self._forget()

    @property
    def present(self) -> bool:
        """Whether a face has been seen within the last `absence` seconds."""
        return self._look is not None

    def update(self, probabilities: NDArray[np.float32] | None, time: float) -> Mood | None:
        """Take what a frame shows, float [7] or None for no face; return the mood if it changed.

        time: seconds on the source's clock. A clock set back counts as no time passed.
        """
        passed = 0.0 if self._last_time is None else max(0.0, time - self._last_time)
        self._last_time = time
        self._faceless += passed
        self._since_change += passed
        if self._faceless >= self._settings.absence:
            self._forget()
        if probabilities is None:
            return None
        step = min(self._faceless, LONGEST_STEP) if self.present else 0.0
        self._average_in(np.asarray(probabilities, np.float64), step)
        self._faceless = 0.0
        if self._face_time < self._settings.settle - ROUNDING:
            return None
        return self._decide(step)

    def _forget(self) -> None:
        self._look: NDArray[np.float64] | None = None
        self._sum = np.zeros(len(EMOTIONS))
        self._weight = 0.0
        self._face_time = 0.0
        self._faceless = 0.0
        self._settled = False
        self._emotion: str | None = None
        self._candidate: str | None = None
        self._candidate_time = 0.0
        self._since_change = 0.0

    def _average_in(self, look: NDArray[np.float64], step: float) -> None:
        if self._look is not None:
            kept = math.exp(-step / self._settings.smoothing)
            self._sum = kept * self._sum + (1 - kept) * (self._look + look) / 2
            self._weight = kept * self._weight + (1 - kept)
            self._face_time += step
        self._look = look

    def _decide(self, step: float) -> Mood | None:
        average = self._sum / self._weight
        wanted = self._wanted(average)
        if not self._settled:
            self._settled = True
            return self._change(
                wanted, average, f"first mood, after {self._face_time:.1f} s of face"
            )
        if wanted == self._emotion:
            self._candidate, self._candidate_time = wanted, 0.0
            return None
        # A candidate's time starts with the first look that shows it.
        self._candidate_time = self._candidate_time + step if wanted == self._candidate else 0.0
        self._candidate = wanted
        if self._candidate_time < self._settings.dwell - ROUNDING:
            return None
        if self._since_change < self._settings.refractory - ROUNDING:
            return None
        return self._change(wanted, average, self._reason(wanted, average))

    def _wanted(self, average: NDArray[np.float64]) -> str | None:
        """The mood that the average asks for, given the one there is."""
        top = int(np.argmax(average))
        if self._settled and self._emotion is not None:
            if average[EMOTIONS.index(self._emotion)] >= self._settings.leave:
                return self._emotion
            if self._settings.floor <= average[top] < self._settings.enter:
                return self._emotion
        bar = self._settings.enter if self._settled else self._settings.floor
        return EMOTIONS[top] if average[top] >= bar else None

    def _reason(self, wanted: str | None, average: NDArray[np.float64]) -> str:
        lasted = f"for {self._candidate_time:.1f} s"
        if wanted is None:
            return f"no emotion averaged {self._settings.floor:.0%} {lasted}"
        reason = f"{wanted} led {lasted}"
        if self._emotion is not None:
            reason += f", {self._emotion} fell to {average[EMOTIONS.index(self._emotion)]:.0%}"
        return reason

    def _change(self, emotion: str | None, average: NDArray[np.float64], why: str) -> Mood:
        self._emotion = emotion
        self._candidate, self._candidate_time = emotion, 0.0
        # Music follows emotions: out of being unsure the next may come at once.
        if emotion is not None:
            self._since_change = 0.0
        return Mood(emotion, float(average.max()), average.astype(np.float32), why)
