"""Motion detection: frames without motion need no analysis."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box

# Pictures are compared as grids of mean grey levels. PICTURE_GRID is the number of cells along the
# longer side. Each face has its own grid of FACE_GRID x FACE_GRID cells, because a smile changes
# too little of a whole picture.
PICTURE_GRID = 80
FACE_GRID = 16
# A cell has changed if it differs by more than NOISE_FACTOR standard deviations of the camera's
# noise in it, plus MIN_DIFFERENCE grey levels. Fewer than MIN_CHANGED_CELLS are taken for noise.
NOISE_FACTOR, MIN_DIFFERENCE = 4.5, 2.0
MIN_CHANGED_CELLS = 3
# The noise is estimated from the differences of successive frames, with this time constant in
# seconds. Its estimate is limited in grey levels, so that a moving person is not taken for noise.
NOISE_TIME_CONSTANT, MAX_NOISE, INITIAL_NOISE = 4.0, 3.0, 1.0
# Analysis continues for this long after a motion, in seconds.
MOTION_HOLD = 1.0
# The longest time without analysis, with and without a visible face, in seconds.
MAX_SKIP_WITH_FACE, MAX_SKIP_WITHOUT_FACE = 1.0, 10.0


class MotionDetector:
    """Decides whether a frame needs analysis.

    Compares each frame with the last analysed one instead of its predecessor, so that slow changes
    add up.
    """

    def __init__(self) -> None:
        self._last_analysis = self._last_motion = -np.inf
        self._picture = _Grid()
        self._faces: dict[Box, _Grid] = {}
        self._shape: tuple[int, ...] = ()

    def analysis_due(self, grey: NDArray[np.uint8], time: float) -> bool:
        """Whether a picture uint8 [h, w], taken at `time` in seconds, needs analysis."""
        if grey.shape != self._shape:
            # The faces are places in a picture of another size, and may be outside of this one.
            self._faces, self._shape = {}, grey.shape
            self._last_motion = time
        changed = self._picture.changed(_picture_cells(grey), time)
        for box, grid in self._faces.items():
            changed |= grid.changed(_face_cells(grey, box), time)
        if changed:
            self._last_motion = time
        max_skip = MAX_SKIP_WITH_FACE if self._faces else MAX_SKIP_WITHOUT_FACE
        return (
            time - self._last_motion < MOTION_HOLD or not 0 <= time - self._last_analysis < max_skip
        )

    def set_reference(self, grey: NDArray[np.uint8], time: float, faces: Sequence[Box]) -> None:
        """Compare the following frames with this one, which was analysed and has these faces."""
        self._last_analysis = time
        self._picture.set_reference(_picture_cells(grey))
        self._faces = {
            box: self._faces.get(box) or _Grid(self._face_noise(grey, box)) for box in faces
        }
        for box, grid in self._faces.items():
            grid.set_reference(_face_cells(grey, box))

    def _face_noise(self, grey: NDArray[np.uint8], box: Box) -> float:
        """The expected noise of a face's cells: smaller cells average less noise away."""
        size_ratio = max(grey.shape) / PICTURE_GRID / (box[2] / FACE_GRID)
        return min(MAX_NOISE, max(INITIAL_NOISE, self._picture.noise * size_ratio))


class _Grid:
    """The reference cells of a part of the picture and the noise of each cell."""

    def __init__(self, initial_noise: float = INITIAL_NOISE) -> None:
        self._initial_noise = initial_noise
        self._reference: NDArray[np.float32] | None = None
        self._previous: NDArray[np.float32] | None = None
        self._variance = np.zeros((1, 1), np.float32)
        self._time = 0.0

    @property
    def noise(self) -> float:
        """The root mean square over all cells, in grey levels."""
        return float(np.sqrt(np.mean(self._variance)))

    def set_reference(self, cells: NDArray[np.float32]) -> None:
        self._reference = cells

    def changed(self, cells: NDArray[np.float32], time: float) -> bool:
        """Whether the cells differ from the reference by more than noise."""
        self._update_noise(cells, time)
        if self._reference is None or self._reference.shape != cells.shape:
            return True
        # The running sums of cv2.blur round a variance near 0 to below it.
        variance = np.maximum(cv2.blur(self._variance, (5, 5)), 0)
        # The difference of two noisy values has twice the variance of one.
        threshold = NOISE_FACTOR * np.sqrt(2 * variance) + MIN_DIFFERENCE
        difference = np.abs(cells - self._reference)
        return bool(np.count_nonzero(difference > threshold) >= MIN_CHANGED_CELLS)

    def _update_noise(self, cells: NDArray[np.float32], time: float) -> None:
        if self._previous is None or self._previous.shape != cells.shape:
            self._variance = np.full(cells.shape, self._initial_noise**2, np.float32)
        else:
            weight = 1 - np.exp(-max(0.0, time - self._time) / NOISE_TIME_CONSTANT)
            sample = np.minimum((cells - self._previous) ** 2 / 2, MAX_NOISE**2)
            self._variance += np.float32(weight) * (sample - self._variance)
        self._previous, self._time = cells, time


def _picture_cells(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    scale = min(1.0, PICTURE_GRID / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _face_cells(grey: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    x, y, width, height = box
    face = grey[y : y + height, x : x + width]
    cells = cv2.resize(face, (FACE_GRID, FACE_GRID), interpolation=cv2.INTER_AREA)
    return cells.astype(np.float32)
