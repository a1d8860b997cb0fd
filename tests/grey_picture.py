"""A picture of the tests as an array."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def grey_picture(path: Path) -> NDArray[np.uint8]:
    """A file as grey uint8 [h, w], decoded in this process."""
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]
