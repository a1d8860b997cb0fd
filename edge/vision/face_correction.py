"""What is corrected in a face crop before it is classified."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.vision.contrast import restore_contrast
from edge.vision.noise import reduce_noise


def correct_face(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A face uint8 [h, w] with enough contrast and little noise; the same face if it had that.

    Contrast comes first: it amplifies noise, which is then reduced.
    """
    return reduce_noise(restore_contrast(face))
