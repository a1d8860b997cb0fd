"""Whether anything in the room moves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.median import median

# Pictures are compared as mean grey levels of so many cells along the longer side.
GRID = 24
# The mean of a cell is of at least so many pixels in each direction, where the picture has them.
PIXELS_PER_CELL = 6
# A cell has changed if it differs by more than this, in grey levels, beyond the change of the light
# of the whole picture. Fewer cells are noise.
MIN_DIFFERENCE, MIN_CELLS = 6.0, 2


class RoomMotion:
    """Compares each picture with the previous one."""

    def __init__(self) -> None:
        self._previous: NDArray[np.float32] | None = None

    def moved(self, grey: NDArray[np.uint8], except_in: Sequence[Box]) -> bool:
        """Whether a picture uint8 [h, w] differs from the previous one outside of some boxes."""
        scale = GRID / max(grey.shape)
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        # A part of the pixels is enough for a mean, and takes a fifth of the time.
        step = max(1, max(grey.shape) // (GRID * PIXELS_PER_CELL))
        thinned = grey[::step, ::step]
        cells = cv2.resize(thinned, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        previous, self._previous = self._previous, cells
        if previous is None or previous.shape != cells.shape:
            return False
        # Brighter or darker altogether: the exposure or the lamp.
        light = float(median(((cells + 1) / (previous + 1)).ravel()))
        changed = np.abs(cells - previous * light) > MIN_DIFFERENCE
        for x, y, width, height in except_in:
            top, left = int(y * scale), int(x * scale)
            changed[top : int((y + height) * scale) + 1, left : int((x + width) * scale) + 1] = (
                False
            )
        return int(np.count_nonzero(changed)) >= MIN_CELLS
