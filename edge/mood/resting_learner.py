"""A slow estimate of the face that a camera sees most, for people who never calibrate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.mood.log_probabilities import log_probabilities
from edge.mood.resting_face import USUAL

# How fast a mean can move, in nats per hour with a face in view. Two means that move apart at this
# speed change the odds of an emotion by a fifth of a nat in an hour: a mood that lasts so long is
# still a mood, and a resting face is learned in days.
SPEED = 0.1
# A look moves a mean by its distance, up to this many nats. The estimate is therefore near the
# median (Huber 1964): an expression that is shown less than half of the time hardly counts.
MAX_DISTANCE = 1.0
# The longest time that one look stands for, in seconds.
MAX_STEP = 1.0


class RestingLearner:
    """Follows the log probabilities of looks, slowly. It starts at a usual face.

    Attributes:
        mean_log_probabilities: float64 [7].
        seconds: How long a face was in view while it learned.
    """

    def __init__(
        self, mean_log_probabilities: NDArray[np.float64] = USUAL, seconds: float = 0.0
    ) -> None:
        self.mean_log_probabilities = mean_log_probabilities
        self.seconds = seconds
        self._last_time: float | None = None

    def add(self, probabilities: NDArray[np.float32] | None, time: float) -> None:
        """Learn from the look of a frame, float32 [7], at `time` in seconds; None without a face.

        A look stands for the time since the one before.
        """
        passed = 0.0 if self._last_time is None else time - self._last_time
        self._last_time = time if probabilities is not None else None
        if probabilities is None or passed <= 0:
            return
        step = min(passed, MAX_STEP)
        distance = log_probabilities(probabilities) - self.mean_log_probabilities
        moved = np.clip(distance, -MAX_DISTANCE, MAX_DISTANCE) * (SPEED * step / 3600)
        self.mean_log_probabilities = self.mean_log_probabilities + moved
        self.seconds += step
