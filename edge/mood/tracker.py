"""The mood over time from the probabilities of single frames, independent of the frame rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from edge.mood.belief import EmotionBelief
from edge.mood.log_probabilities import log_probabilities
from models.emotions import EMOTIONS

# The longest time that one observation stands for, in seconds. A face after a gap is no evidence
# for the gap.
MAX_STEP = 1.0
# The belief that is enough after the unsure timeout: likelier than all other emotions together.
MAJORITY = 0.5
# Absorbs the rounding of summed durations, in seconds.
TIME_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Mood:
    """A settled mood.

    Attributes:
        emotion: One of EMOTIONS; None if unsure, which only follows another mood.
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
    """Combines the probabilities of successive frames and decides when the mood has changed.

    It keeps two distributions. The belief (edge.mood.belief) is how probable each emotion is by all
    observations together: many unclear ones that agree make it sure, and a single clear one does
    not. It decides. The average is what the face shows: the softmax of the mean log probabilities
    (Genest and Zidek 1986), where an observation has the weight exp(-age / smoothing). Between two
    observations, their mean is used, so that 5 and 15 frames a second give the same curves.
    """

    # The log probabilities of the previous observation, float64 [7].
    _last_observation: NDArray[np.float64] | None
    # The weight of the average, at most 1; 0 before the second observation.
    _weight: float
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
        """The mood with its present numbers; None until there is a first one."""
        return self._current() if self._settled else None

    def update(self, probabilities: NDArray[np.float32] | None, time: float) -> Mood | None:
        """Add the observation of a frame and return the mood if it has changed.

        Args:
            probabilities: float [7]; None without a face.
            time: Seconds on the source's clock. If it decreases, no time has passed.
        """
        passed = 0.0 if self._last_time is None else max(0.0, time - self._last_time)
        self._last_time = time
        self._faceless_time += passed
        self._since_change += passed
        self._belief.advance(passed)
        if self._faceless_time >= self._settings.absence:
            self._reset()
        if probabilities is None:
            return None
        step = min(self._faceless_time, MAX_STEP) if self.present else 0.0
        logs = log_probabilities(probabilities)
        if self._last_observation is not None and step > 0:
            self._integrate((self._last_observation + logs) / 2, step)
        self._last_observation = logs
        self._faceless_time = 0.0
        return self._decide(step) if self._weight > 0 else None

    def _reset(self) -> None:
        self._belief = EmotionBelief()
        self._last_observation = None
        # The weighted sum of the log probabilities.
        self._log_integral = np.zeros(len(EMOTIONS))
        self._weight = 0.0
        self._faceless_time = 0.0
        self._settled = False
        self._emotion: str | None = None
        self._why = ""
        self._unsure_time = 0.0
        self._since_change = math.inf

    def _integrate(self, mean: NDArray[np.float64], seconds: float) -> None:
        """Add the mean log probabilities of an interval, float64 [7], to both distributions."""
        decay = math.exp(-seconds / self._settings.smoothing)
        self._log_integral = decay * self._log_integral + (1 - decay) * mean
        self._weight = decay * self._weight + 1 - decay
        self._belief.observe(mean, seconds)

    def _average(self) -> NDArray[np.float64]:
        weights = np.exp(self._log_integral / self._weight)
        return np.asarray(weights / weights.sum())

    def _decide(self, step: float) -> Mood | None:
        self._unsure_time = self._unsure_time + step if self._emotion is None else 0.0
        target = self._target()
        if target == self._emotion:
            return None
        if self._since_change < self._settings.refractory - TIME_TOLERANCE:
            return None
        return self._change(target, self._reason(target))

    def _target(self) -> str | None:
        """The emotion that the thresholds select at this moment; None for unsure."""
        belief = self._belief.probabilities
        top = int(np.argmax(belief))
        if belief[top] < self._settings.leave:
            return None
        enter = self._settings.enter
        if self._emotion is None and self._unsure_time >= self._settings.unsure_timeout:
            enter = min(enter, MAJORITY)
        return EMOTIONS[top] if belief[top] >= enter else self._emotion

    def _reason(self, target: str | None) -> str:
        belief = self._belief.probabilities
        if not self._settled:
            return f"first mood, after {self._unsure_time:.1f} s of face"
        if target is None:
            return f"no emotion is above {self._settings.leave:.0%}"
        if belief.max() < self._settings.enter:
            return f"unsure for {self._unsure_time:.1f} s, {target} is above {MAJORITY:.0%}"
        reason = f"{target} rose to {belief.max():.0%}"
        if self._emotion is not None:
            reason += f", {self._emotion} fell to {belief[EMOTIONS.index(self._emotion)]:.0%}"
        return reason

    def _change(self, emotion: str | None, why: str) -> Mood:
        # The refractory period limits changes of the music. It begins with a change from one
        # emotion to another: the first mood, and one after unsure, can be corrected at once.
        if emotion is not None:
            self._since_change = math.inf if self._emotion is None else 0.0
        self._emotion, self._why, self._settled = emotion, why, True
        return self._current()

    def _current(self) -> Mood:
        average, belief = self._average(), self._belief.probabilities
        index = int(np.argmax(belief)) if self._emotion is None else EMOTIONS.index(self._emotion)
        return Mood(
            self._emotion,
            belief=float(belief[index]),
            share=float(average[index]),
            probabilities=average.astype(np.float32),
            why=self._why,
        )
