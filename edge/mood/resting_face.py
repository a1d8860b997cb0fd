"""What a face shows at rest, and what of a look remains when that is discounted.

Some faces look sad, angry or afraid to a model while their owner feels nothing. What such a face
shows at rest is no mood.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS

NEUTRAL = EMOTIONS.index("neutral")
# The mean log probabilities of faces that show nothing: faces of FER2013's PublicTest that people
# and simple_cnn call neutral, moving a little (`python -m tests.studies.resting_faces`).
USUAL = np.array([-3.30, -3.83, -3.45, -3.47, -2.79, -4.00, -0.42])
# How much of the excess is discounted, and the most in nats. Chosen by the same study: less leaves
# resting faces misread, more hides expressions.
WEIGHT = 0.5
MAX_DISCOUNT = 2.0


class RestingFace:
    """Judges looks against what a face shows at rest.

    The excess of an emotion is how much likelier it is than neutral at rest, compared with a usual
    face, in nats; at least 0. With the means m of this face's log probabilities at rest and u of
    USUAL:

        excess = max(0, (m - m[neutral]) - (u - u[neutral]))
        log q = log p - min(weight * excess, MAX_DISCOUNT), normalized

    This is a change of the prior odds (Saerens, Latinne and Decaestecker 2002), limited to
    emotions that the face overstates: a usual face is judged as it is.

    Attributes:
        mean_log_probabilities: float64 [7], at most 0.
    """

    def __init__(self, mean_log_probabilities: NDArray[np.float64], weight: float = WEIGHT) -> None:
        self.mean_log_probabilities = mean_log_probabilities
        relative, usual = (mean - mean[NEUTRAL] for mean in (mean_log_probabilities, USUAL))
        excess = np.maximum(0, relative - usual)
        self._factors = np.exp(-np.minimum(weight * excess, MAX_DISCOUNT))

    def judge(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probabilities of a look, float32 [7], with the excess discounted."""
        weighed = self._factors * probabilities
        return (weighed / weighed.sum()).astype(np.float32)
