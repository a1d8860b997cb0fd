"""What is corrected in a face crop before it is classified."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.vision.contrast import restore_contrast
from edge.vision.noise import reduce_noise
from edge.vision.sharpness import restore_sharpness


def correct_face(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A face uint8 [h, w] with enough contrast, little noise and enough sharpness.

    It is the same face if it had them. Contrast comes first because it amplifies noise, sharpness
    last for the same reason.
    """
    return restore_sharpness(reduce_noise(restore_contrast(face)))
