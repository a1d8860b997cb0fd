"""The mood over time from the probabilities of single frames, independent of the frame rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from models.emotions import EMOTIONS

# The longest time that one observation stands for, in seconds. A face after a gap is no evidence
# for the gap. At one frame a second, a clear first mood needs three observations.
MAX_STEP = 0.7
# Observations at this distance in seconds count as independent; nearer ones repeat each other.
INDEPENDENCE_TIME = 0.7
# Lower bound of a probability. It limits how much one wrong observation can outweigh the others.
MIN_PROBABILITY = 0.01
# Absorbs the rounding of summed durations, in seconds.
TIME_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Mood:
    """A settled mood.

    Attributes:
        emotion: One of EMOTIONS; None if unsure.
        belief: How sure it is that this is the emotion, by all recent observations together, 0
            to 1. If unsure, of the most probable emotion.
        share: How much of the expression is this emotion: its average probability in the recent
            observations, 0 to 1. A faint but constant smile has a high belief and a low share.
        probabilities: The average of the recent observations, float32 [7].
        why: The reason for the change, for people.
    """

    emotion: str | None
    belief: float
    share: float
    probabilities: NDArray[np.float32]
    why: str


class MoodTracker:
    """Pools the probabilities of successive frames and decides when the mood has changed.

    The pool is logarithmic (Genest and Zidek 1986): log probabilities, integrated over time with
    the weight exp(-age / smoothing). It gives two distributions. The average is their mean and is
    as confident as a single observation. The belief is their sum, where every INDEPENDENCE_TIME
    counts as one observation: many unclear observations that agree make it confident, and a single
    clear one does not. Between two observations, their mean is integrated, so that 5 and 15 frames
    a second give the same curve. Only time with a visible face counts.
    """

    _faceless_time: float
    _since_change: float

    def __init__(self, settings: MoodSettings) -> None:
        self._settings = settings
        self._last_time: float | None = None
        self._reset()

    @property
    def present(self) -> bool:
        """Whether a face was visible within the last `absence` seconds."""
        return self._last_observation is not None

    @property
    def mood(self) -> Mood | None:
        """The mood with its present numbers; None until the first one has settled."""
        return self._current() if self._settled else None

    def update(
        self, probabilities: NDArray[np.float32] | None, time: float, weight: float = 1.0
    ) -> Mood | None:
        """Add the observation of a frame and return the mood if it has changed.

        Args:
            probabilities: float [7]; None without a face.
            time: Seconds on the source's clock. If it decreases, no time has passed.
            weight: How much the observation counts, 0 to 1. At 0 it only keeps the presence.
        """
        passed = 0.0 if self._last_time is None else max(0.0, time - self._last_time)
        self._last_time = time
        self._faceless_time += passed
        self._since_change += passed
        if self._faceless_time >= self._settings.absence:
            self._reset()
        if probabilities is None:
            return None
        step = min(self._faceless_time, MAX_STEP) if self.present else 0.0
        logs = np.log(np.fmax(probabilities, MIN_PROBABILITY, dtype=np.float64))
        self._integrate(weight * logs, weight, step)
        self._faceless_time = 0.0
        return self._decide(step) if self._weight > 0 else None

    def _reset(self) -> None:
        # The weighted log probabilities of the previous observation, and their weight.
        self._last_observation: tuple[NDArray[np.float64], float] | None = None
        # The integral of the weighted log probabilities, and that of the weights in seconds.
        self._log_integral = np.zeros(len(EMOTIONS))
        self._weight = 0.0
        self._face_time = 0.0
        self._faceless_time = 0.0
        self._settled = False
        self._emotion: str | None = None
        self._why = ""
        self._unsure_time = 0.0
        self._candidate: str | None = None
        self._candidate_time = 0.0
        self._since_change = math.inf

    def _integrate(self, weighted: NDArray[np.float64], weight: float, step: float) -> None:
        """Add weighted log probabilities, float64 [7], `step` seconds after the previous ones."""
        if self._last_observation is not None:
            last, last_weight = self._last_observation
            weights = last_weight + weight
            if weights > 0:
                # Observations of half the weight stand for half of the time.
                scaled = step * weights / 2
                decay = math.exp(-scaled / self._settings.smoothing)
                gain = -self._settings.smoothing * math.expm1(-scaled / self._settings.smoothing)
                self._log_integral = decay * self._log_integral + gain * (last + weighted) / weights
                self._weight = decay * self._weight + gain
            self._face_time += step
        self._last_observation = weighted, weight

    def _decide(self, step: float) -> Mood | None:
        average, belief = self._average(), self._belief()
        unsure = self._emotion is None and average.max() >= self._settings.floor
        self._unsure_time = self._unsure_time + step if unsure else 0.0
        target = self._target(average, belief)
        if not self._settled:
            if target is None and self._face_time < self._settings.settle - TIME_TOLERANCE:
                return None
            self._settled = True
            return self._change(target, f"first mood, after {self._face_time:.1f} s of face")
        if target == self._emotion:
            self._candidate, self._candidate_time = target, 0.0
            return None
        # The time of a candidate starts with the first observation that favours it.
        self._candidate_time = self._candidate_time + step if target == self._candidate else 0.0
        self._candidate = target
        if self._candidate_time < self._settings.dwell - TIME_TOLERANCE:
            return None
        if self._since_change < self._settings.refractory - TIME_TOLERANCE:
            return None
        return self._change(target, self._reason(target, belief))

    def _target(self, average: NDArray[np.float64], belief: NDArray[np.float64]) -> str | None:
        """The emotion that the thresholds select at this moment; None for unsure."""
        current = self._emotion
        if current is not None and belief[EMOTIONS.index(current)] >= self._settings.leave:
            return current
        top = int(np.argmax(belief))
        if average[top] < self._settings.floor:
            return None
        timed_out = current is None and self._unsure_time >= self._settings.unsure_timeout
        return EMOTIONS[top] if belief[top] >= self._settings.enter or timed_out else current

    def _reason(self, target: str | None, belief: NDArray[np.float64]) -> str:
        duration = f"for {self._candidate_time:.1f} s"
        if target is None:
            return f"no emotion averaged {self._settings.floor:.0%} {duration}"
        if belief.max() < self._settings.enter:
            return f"unsure for {self._unsure_time:.1f} s, {target} is the strongest emotion"
        reason = f"{target} was above {self._settings.enter:.0%} {duration}"
        if self._emotion is not None:
            reason += f", {self._emotion} fell to {belief[EMOTIONS.index(self._emotion)]:.0%}"
        return reason

    def _change(self, emotion: str | None, why: str) -> Mood:
        self._emotion, self._why = emotion, why
        self._candidate, self._candidate_time = emotion, 0.0
        # The refractory period limits changes of the music, and an unsure mood changes none.
        if emotion is not None:
            self._since_change = 0.0
        return self._current()

    def _current(self) -> Mood:
        average, belief = self._average(), self._belief()
        index = int(np.argmax(belief)) if self._emotion is None else EMOTIONS.index(self._emotion)
        return Mood(
            self._emotion,
            belief=float(belief[index]),
            share=float(average[index]),
            probabilities=average.astype(np.float32),
            why=self._why,
        )

    def _average(self) -> NDArray[np.float64]:
        return _softmax(self._log_integral / self._weight)

    def _belief(self) -> NDArray[np.float64]:
        return _softmax(self._log_integral / INDEPENDENCE_TIME)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normalised exponentials of float64 [7]."""
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum())
