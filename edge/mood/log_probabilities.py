"""The logarithms of what a look at a face shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Lower bound of a probability. It limits how much one look that misses an emotion entirely can
# outweigh the others.
MIN_PROBABILITY = 0.01


def log_probabilities(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """The logarithms of probabilities [7], which count as MIN_PROBABILITY at least: float64 [7]."""
    return np.log(np.fmax(probabilities, MIN_PROBABILITY, dtype=np.float64))
