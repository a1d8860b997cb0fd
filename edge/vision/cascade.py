"""What every search with OpenCV's Haar cascades needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from moodpi.errors import MoodpiError
from moodpi.files import descriptor_name
from moodpi.requirements import OPENCV, how_to_install

# alt2, not default: default takes shoulders for large faces, alt2 does not.
FRONTAL = "haarcascade_frontalface_alt2.xml"
# Detects faces that shout or frown, which alt2 often misses.
FRONTAL_FALLBACK = "haarcascade_frontalface_default.xml"
# Detects faces that look to the picture's left, also half-way.
PROFILE = "haarcascade_profileface.xml"
DEBIAN_CASCADES = Path("/usr/share/opencv4/haarcascades")
# A picture with a lower mean, in grey levels, is smoothed by a Gaussian with this standard
# deviation, in pixels. Otherwise its noise, which the equalization of the histogram amplifies,
# hides faces (`python -m tests.studies.view_thresholds`).
DIM = 50.0
SMOOTHING = 1.0


@dataclass(frozen=True)
class Detection:
    """A face that was detected.

    Attributes:
        box: Its position in the picture.
        hits: The overlapping windows that the cascade accepted. Clear faces have 20 and more, false
            ones seldom more than 12.
        roll: The degrees by which the picture must be turned counter-clockwise for the face to be
            upright, as far as is known.

    """

    box: Box
    hits: int
    roll: float = 0.0


def load_cascade(name: str) -> cv2.CascadeClassifier:
    """One of OpenCV's cascades.

    Raises:
        MoodpiError: OpenCV has no cascades (5.x), or its data are not installed.

    """
    if not hasattr(cv2, "CascadeClassifier"):
        raise MoodpiError(
            f"OpenCV {cv2.__version__} has no CascadeClassifier, expected 4.x: "
            f"{how_to_install(OPENCV)}",
            code="unsupported_opencv",
        )
    bundled = Path(cv2.__file__).parent / "data"
    for folder in (bundled, DEBIAN_CASCADES):
        path = folder / name
        if path.is_file():
            with descriptor_name(path) as readable:
                cascade = cv2.CascadeClassifier(readable)
            if not cascade.empty():
                return cascade
    raise MoodpiError(
        f"{name} found neither in {bundled} nor in {DEBIAN_CASCADES}: "
        f"{how_to_install(OPENCV)}, or apt install opencv-data",
        code="no_cascade",
    )


def equalized(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the cascades search: about as many dark pixels as bright ones, and little noise."""
    if cv2.mean(picture)[0] < DIM:
        picture = cv2.GaussianBlur(picture, (0, 0), SMOOTHING)  # type: ignore[assignment]
    return cv2.equalizeHist(picture)  # type: ignore[return-value]


def middle_in_picture(
    window: Sequence[float], inverse: NDArray[np.float64] | None
) -> tuple[float, float]:
    """The centre of a window in the rotated picture, in coordinates of the original.

    inverse: The matrix [2, 3] that edge/vision/rotation.py returns; None without a rotation.
    """
    x, y, width, height = (float(value) for value in window)
    middle = np.array([x + width / 2, y + height / 2, 1.0])
    if inverse is not None:
        middle[:2] = inverse @ middle
    return float(middle[0]), float(middle[1])


def box_in_picture(
    window: Sequence[float],
    inverse: NDArray[np.float64] | None,
    factor: float,
    offset: tuple[int, int],
    shape: tuple[int, ...],
) -> Box:
    """Map a window in the rotated and scaled patch to an upright box within the picture.

    factor: Pixels of the picture for one of the patch.
    offset: The patch's left and top in the picture.
    shape: Height and width of the picture.
    """
    x, y = middle_in_picture(window, inverse)
    width, height = float(window[2]), float(window[3])
    left = round((x - width / 2) * factor) + offset[0]
    top = round((y - height / 2) * factor) + offset[1]
    right = min(shape[1], left + round(width * factor))
    bottom = min(shape[0], top + round(height * factor))
    left, top = max(0, left), max(0, top)
    return left, top, right - left, bottom - top
