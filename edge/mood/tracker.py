"""From what each frame shows to a mood that changes slowly, whatever the frame rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from models.emotions import EMOTIONS

# A face seen once after a gap says nothing about the gap: one step counts for at most this long,
# in seconds; at one frame a second a clear first mood still comes with the third look.
LONGEST_STEP = 0.7
# Looks so many seconds apart are two opinions; within that they say the same again.
ALIKE = 0.7
# No look is surer than this that an emotion is not there: one mistake must not outweigh the rest.
LEAST = 0.01
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
    """Weighs what looks say over time and decides when the mood has changed.

    Looks are opinions pooled by their logarithms (Genest and Zidek 1986), older ones counting for
    exp(-age / smoothing). Their mean is the average, a distribution as sure as a look is. Their
    sum, in which every ALIKE seconds are an opinion of their own, is the belief: many unclear
    looks that agree make it sure, and a single clear one does not. Between two looks the mean of
    both holds, so 5 and 15 frames a second give the same curve. Only time with a face in view
    counts.
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
        self._weigh(np.log(np.fmax(probabilities, LEAST, dtype=np.float64)), step)
        self._faceless = 0.0
        return self._decide(step) if self._remembered > 0 else None

    def _forget(self) -> None:
        self._look: NDArray[np.float64] | None = None
        self._evidence = np.zeros(len(EMOTIONS))
        self._remembered = 0.0
        self._face_time = 0.0
        self._faceless = 0.0
        self._settled = False
        self._emotion: str | None = None
        self._unclear = 0.0
        self._candidate: str | None = None
        self._candidate_time = 0.0
        self._since_change = math.inf

    def _weigh(self, look: NDArray[np.float64], step: float) -> None:
        """Take a look's logarithms, float64 [7], that came `step` seconds after the one before."""
        if self._look is not None:
            kept = math.exp(-step / self._settings.smoothing)
            new = -self._settings.smoothing * math.expm1(-step / self._settings.smoothing)
            self._evidence = kept * self._evidence + new * (self._look + look) / 2
            self._remembered = kept * self._remembered + new
            self._face_time += step
        self._look = look

    def _decide(self, step: float) -> Mood | None:
        average = _distribution(self._evidence / self._remembered)
        belief = _distribution(self._evidence / ALIKE)
        unclear = self._emotion is None and average.max() >= self._settings.floor
        self._unclear = self._unclear + step if unclear else 0.0
        wanted = self._wanted(average, belief)
        if not self._settled:
            if wanted is None and self._face_time < self._settings.settle - ROUNDING:
                return None
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
        return self._change(wanted, average, self._reason(wanted, belief))

    def _wanted(self, average: NDArray[np.float64], belief: NDArray[np.float64]) -> str | None:
        """The mood that is asked for, given the one there is."""
        held = self._emotion
        if held is not None and belief[EMOTIONS.index(held)] >= self._settings.leave:
            return held
        top = int(np.argmax(belief))
        if average[top] < self._settings.floor:
            return None
        # Whoever stays unclear is taken for what they look like most.
        given_up = held is None and self._unclear >= self._settings.unsure_timeout
        return EMOTIONS[top] if belief[top] >= self._settings.enter or given_up else held

    def _reason(self, wanted: str | None, belief: NDArray[np.float64]) -> str:
        lasted = f"for {self._candidate_time:.1f} s"
        if wanted is None:
            return f"no emotion averaged {self._settings.floor:.0%} {lasted}"
        if belief.max() < self._settings.enter:
            return f"unclear for {self._unclear:.1f} s, and most like {wanted}"
        reason = f"{wanted} was believed {lasted}"
        if self._emotion is not None:
            reason += f", {self._emotion} fell to {belief[EMOTIONS.index(self._emotion)]:.0%}"
        return reason

    def _change(self, emotion: str | None, average: NDArray[np.float64], why: str) -> Mood:
        self._emotion = emotion
        self._candidate, self._candidate_time = emotion, 0.0
        # Music follows emotions: out of being unsure the next may come at once.
        if emotion is not None:
            self._since_change = 0.0
        return Mood(emotion, float(average.max()), average.astype(np.float32), why)


def _distribution(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distribution that has these logarithms but for a constant, float64 [7]."""
    weights = np.exp(logarithms - logarithms.max())
    return np.asarray(weights / weights.sum())
