"""How much a look at a face counts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# Bounds a probability away from 0, whose logarithm does not exist.
SMALLEST = 1e-6


def certainty(probabilities: NDArray[np.floating]) -> float:
    """How sure a look is, 0 (all emotions alike) to 1, of probabilities float [n].

    1 minus the entropy as a share of its maximum (Shannon 1948).
    """
    bounded = np.maximum(probabilities, SMALLEST)
    entropy = -float(np.sum(bounded * np.log(bounded)))
    return max(0.0, 1 - entropy / math.log(len(probabilities)))


def household_weight(probabilities: NDArray[np.floating]) -> float:
    """The weight of a look in the mean over several people, 0.5 (unsure) to 1 (sure).

    The whole certainty as the weight makes the mean worse (`python -m tests.studies.household`):
    people who look neutral or mixed would hardly count.
    """
    return (1 + certainty(probabilities)) / 2
