"""Noise in face crops: a camera in a dark room amplifies it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

# The second difference along both axes: little is left of a picture but noise.
DIFFERENCE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
# Crops with less noise, in grey levels, are classified as they are. Of 3,311 faces of PublicTest,
# 6 have more (`python -m tests.studies.face_noise`).
MIN_NOISE = 14.0
# The strength of the filter as a multiple of the noise, from the same study; the sides of its
# patches, and of the window in which it searches similar ones, in pixels.
STRENGTH, PATCH_SIDE, SEARCH_SIDE = 1.2, 3, 7


def noise_level(face: NDArray[np.uint8]) -> float:
    """The standard deviation of the noise of a face uint8 [h, w], in grey levels.

    Immerkaer, "Fast noise variance estimation", 1996. Sides of at least 3 pixels.
    """
    differences = cv2.filter2D(face, cv2.CV_32F, DIFFERENCE)[1:-1, 1:-1]
    return math.sqrt(math.pi / 2) / 6 * float(np.abs(differences).mean())


def reduce_noise(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A face uint8 [h, w] with less noise if it is noisy, else the same face."""
    noise = noise_level(face)
    return filtered(face, STRENGTH * noise) if noise >= MIN_NOISE else face


def filtered(face: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    """The mean over similar patches for each pixel of a face uint8 [h, w].

    Buades, Coll and Morel, "A non-local algorithm for image denoising", 2005. strength: how much
    patches of one mean may differ, in grey levels; above 0.
    """
    smooth = cv2.fastNlMeansDenoising(face, None, strength, PATCH_SIDE, SEARCH_SIDE)
    return smooth.astype(np.uint8, copy=False)
