"""The probability of each emotion by all observations so far: a hidden Markov model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS

# How long an expression lasts on average, in seconds. It limits how sure the belief becomes, and so
# how much evidence a change needs.
MEAN_DURATION = 60.0
# The time constant of the correlation between two observations of one face, in seconds. Measured
# is .95 (`python -m tests.studies.look_correlation`). With half of it, the belief rises too high,
# but changes are noticed earlier, and not more of them are wrong: both constants and the threshold
# `enter` are chosen together (`python -m tests.studies.mood_thresholds`).
CORRELATION_TIME = 0.45


class EmotionBelief:
    """A forward filter (Rabiner 1989, "A tutorial on hidden Markov models") in continuous time.

    The hidden state is the emotion, which changes to any other at the rate 1 / MEAN_DURATION. The
    errors of successive observations are an autoregressive process of first order: at a distance
    of t seconds, their correlation is exp(-t / CORRELATION_TIME). Each of them then counts as
    tanh(t / (2 CORRELATION_TIME)) independent ones, and any frame rate gives the same belief.

    probabilities: float64 [7] in the order of EMOTIONS; uniform before the first observation.
    """

    def __init__(self) -> None:
        self.probabilities: NDArray[np.float64] = np.full(len(EMOTIONS), 1 / len(EMOTIONS))

    def advance(self, seconds: float) -> None:
        """Let time pass: the expression may have changed."""
        unchanged = math.exp(-seconds / MEAN_DURATION)
        self.probabilities = unchanged * self.probabilities + (1 - unchanged) / len(EMOTIONS)

    def observe(self, log_probabilities: NDArray[np.float64], seconds: float) -> None:
        """Add what was observed during an interval.

        Args:
            log_probabilities: The mean over the interval, float64 [7].
            seconds: The length of the interval.
        """
        independent = math.tanh(seconds / (2 * CORRELATION_TIME))
        logits = np.log(self.probabilities) + independent * log_probabilities
        weights = np.exp(logits - logits.max())
        self.probabilities = weights / weights.sum()
