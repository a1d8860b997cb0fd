"""Class balance: a network trained on few faces of an emotion predicts it too rarely elsewhere.

Menon et al., "Long-tail learning via logit adjustment", 2021, section 4.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS

# Of the logarithm of the frequencies: 0 keeps the predictions, 1 assumes that all emotions are
# equally frequent. With this share, top-1 on PublicTest with the mean over a face and its mirror
# image is up to 0.2 points lower than with 0 (`python -m tests.studies.class_balance`).
SHARE = 0.4


def logit_shift(labels: NDArray[np.int64], share: float = SHARE) -> NDArray[np.float32]:
    """What to add to the logits: minus `share` times the log frequency of each emotion.

    labels [n]: of the training faces. Each emotion counts one face more, so that one without any
    has a frequency too.

    Returns float32 [7], at least 0.
    """
    counts = np.bincount(labels, minlength=len(EMOTIONS)) + 1
    return (-share * np.log(counts / counts.sum())).astype(np.float32)
