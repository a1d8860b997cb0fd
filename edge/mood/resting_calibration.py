"""Ten seconds of looking as usual, from which a resting face is measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.mood.log_probabilities import log_probabilities
from moodpi.errors import MoodpiError

# Seconds of a calibration.
DURATION = 10.0
# The longest time without a face, in seconds: a blink, or a glance aside.
MAX_GAP = 1.5
# The expression must be the same in every window of so many seconds.
WINDOW = 2.5
# The largest distance between a window and the whole: the total variation of two distributions,
# 0 to 1. Chosen with `python -m tests.studies.resting_faces`.
MAX_VARIATION = 0.3


class RestingCalibration:
    """Collects the looks of one calibration.

    start: When it begins, in seconds on the source's clock.
    """

    def __init__(self, start: float) -> None:
        self._start = self._last = start
        self._times: list[float] = []
        self._looks: list[NDArray[np.float64]] = []

    @property
    def progress(self) -> float:
        """The share of the time that has passed, 0 to 1."""
        return min(1.0, self.seconds / DURATION)

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return max(0.0, self._last - self._start)

    def add(self, probabilities: NDArray[np.float32] | None, time: float) -> None:
        """Add the look of a frame, float32 [7]; None without a face.

        Raises MoodpiError if the face is missing for too long (code `no_face`).
        """
        seen = self._times[-1] if self._times else self._start
        if time - seen > MAX_GAP:
            raise MoodpiError(
                f"no face was seen for {time - seen:.1f} s: look at the camera for "
                f"{DURATION:.0f} s and calibrate again",
                code="no_face",
            )
        self._last = time
        if probabilities is not None:
            self._times.append(time)
            self._looks.append(log_probabilities(probabilities))

    def mean(self) -> NDArray[np.float64]:
        """The mean log probabilities, float64 [7].

        Raises MoodpiError if the expression changed (code `changing_expression`).
        """
        if self.variation() > MAX_VARIATION:
            raise MoodpiError(
                f"the expression changed: look as usual for {DURATION:.0f} s, without speaking, "
                "and calibrate again",
                code="changing_expression",
            )
        return np.mean(self._looks, axis=0)

    def variation(self) -> float:
        """The largest total variation, 0 to 1, between a window and the whole."""
        looks = np.array(self._looks)
        windows = ((np.array(self._times) - self._start) // WINDOW).astype(int)
        # The look that ends the calibration belongs to the last window: alone it says little.
        windows = np.minimum(windows, int(DURATION / WINDOW) - 1)
        whole = _pooled(looks)
        return max(
            float(np.abs(_pooled(looks[windows == window]) - whole).sum() / 2)
            for window in np.unique(windows)
        )


def _pooled(looks: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distribution [7] of the mean of log probabilities [n, 7]."""
    weights = np.exp(looks.mean(axis=0))
    return np.asarray(weights / weights.sum())
