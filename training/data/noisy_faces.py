"""Noisy faces after the noise reduction of the Pi."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from moodpi.requirements import OPENCV, how_to_install

# The largest standard deviation of the noise in grey levels.
MAX_NOISE = 36.0


def check_noise_reduction() -> None:
    """Raise MoodpiError if OpenCV, which reduces the noise, is not installed."""
    if find_spec("cv2") is None:
        raise MoodpiError(
            f"--noisy-share needs OpenCV: {how_to_install(OPENCV)}, or leave the option out",
            code="opencv_missing",
        )


def noisy_copies(images: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """A copy of each face with noise that the Pi reduces, after that reduction: uint8 [n, h, w].

    The noise is Gaussian; each copy has its own standard deviation.
    """
    # A machine that trains from face sheets may have no OpenCV.
    from edge.vision.noise import MIN_NOISE, reduce_noise

    copies = np.empty_like(images)
    for copy, face in zip(copies, images, strict=True):
        noise = random.normal(0, random.uniform(MIN_NOISE, MAX_NOISE), face.shape)
        copy[:] = reduce_noise(np.clip(np.rint(face + noise), 0, 255).astype(np.uint8))
    return copies
