"""Noisy faces, smoothed as the Pi smooths them before it classifies them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# The standard deviations of the noise in grey levels.
NOISE_RANGE = (14.0, 36.0)


def smoothed_noisy_copies(
    images: NDArray[np.uint8], random: np.random.Generator
) -> NDArray[np.uint8]:
    """Copies uint8 [n, h, w] of faces with Gaussian noise, each of its own strength, smoothed."""
    # A machine that trains without such copies needs no OpenCV.
    from edge.vision.noise import reduce_noise

    copies = np.empty_like(images)
    for copy, face in zip(copies, images, strict=True):
        noise = random.normal(0, random.uniform(*NOISE_RANGE), face.shape)
        copy[:] = reduce_noise(np.clip(np.rint(face + noise), 0, 255).astype(np.uint8))
    return copies
