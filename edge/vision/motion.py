"""Whether anything has moved: frames in which nothing has need not be looked at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box

# The picture is compared in cells, so many along its longer side, and each face in so many squared:
# a smile is small in a large room.
PICTURE_CELLS = 80
FACE_CELLS = 16
# A cell has moved if it differs by so many times what the camera's noise does there, and by so many
# grey levels more; in that many cells at once it is no accident.
NOISES, LEVELS = 4.5, 2.0
CELLS = 3
# The noise is what frames that follow each other differ by: in a cell on average over so many
# seconds, but never more than so many levels, or a person would be taken for noise.
NOISE_MEMORY, MOST_NOISE, FIRST_NOISE = 4.0, 3.0, 1.0
# After a movement everything is looked at for so long, and without any at least every so often,
# with a face in view and without; in seconds.
LINGER, FACE_WAIT, EMPTY_WAIT = 1.0, 1.0, 5.0


class MotionGate:
    """Compares each frame with the last one that was looked at, so that slow changes add up."""

    def __init__(self) -> None:
        self._looked = self._moved = -np.inf
        self._picture = _Cells()
        self._faces: dict[Box, _Cells] = {}

    def open(self, grey: NDArray[np.uint8], time: float) -> bool:
        """Whether a uint8 picture [h, w] is to be looked at, at `time` in seconds."""
        moved = self._picture.moved(_picture_cells(grey), time)
        for box, cells in self._faces.items():
            moved |= cells.moved(_face_cells(grey, box), time)
        if moved:
            self._moved = time
        wait = FACE_WAIT if self._faces else EMPTY_WAIT
        return time - self._moved < LINGER or not 0 <= time - self._looked < wait

    def looked(self, grey: NDArray[np.uint8], time: float, faces: Sequence[Box]) -> None:
        """A picture was looked at and has these faces: what comes is compared with it."""
        self._looked = time
        self._picture.compare_with(_picture_cells(grey))
        self._faces = {
            box: self._faces.get(box) or _Cells(self._face_noise(grey, box)) for box in faces
        }
        for box, cells in self._faces.items():
            cells.compare_with(_face_cells(grey, box))

    def _face_noise(self, grey: NDArray[np.uint8], box: Box) -> float:
        """The noise to expect in a face's cells: smaller ones average less of it away."""
        larger = max(grey.shape) / PICTURE_CELLS / (box[2] / FACE_CELLS)
        return min(MOST_NOISE, max(FIRST_NOISE, self._picture.noise * larger))


class _Cells:
    """A part of the picture as it was, cell by cell, and how noisy each is."""

    def __init__(self, first_noise: float = FIRST_NOISE) -> None:
        self._first_noise = first_noise
        self._reference: NDArray[np.float32] | None = None
        self._last: NDArray[np.float32] | None = None
        self._variance = np.zeros((1, 1), np.float32)
        self._time = 0.0

    @property
    def noise(self) -> float:
        """Of the cells on average, in grey levels."""
        return float(np.sqrt(np.mean(self._variance)))

    def compare_with(self, cells: NDArray[np.float32]) -> None:
        self._reference = cells

    def moved(self, cells: NDArray[np.float32], time: float) -> bool:
        """Whether they differ from the reference by more than noise."""
        self._learn_noise(cells, time)
        if self._reference is None or self._reference.shape != cells.shape:
            return True
        bar = NOISES * np.sqrt(2 * cv2.blur(self._variance, (5, 5))) + LEVELS
        return bool(np.count_nonzero(np.abs(cells - self._reference) > bar) >= CELLS)

    def _learn_noise(self, cells: NDArray[np.float32], time: float) -> None:
        if self._last is None or self._last.shape != cells.shape:
            self._variance = np.full(cells.shape, self._first_noise**2, np.float32)
        else:
            share = 1 - np.exp(-max(0.0, time - self._time) / NOISE_MEMORY)
            # Two noisy values differ by twice the variance of one.
            new = np.minimum((cells - self._last) ** 2 / 2, MOST_NOISE**2)
            self._variance += np.float32(share) * (new - self._variance)
        self._last, self._time = cells, time


def _picture_cells(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    scale = min(1.0, PICTURE_CELLS / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _face_cells(grey: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    x, y, width, height = box
    face = grey[y : y + height, x : x + width]
    return cv2.resize(face, (FACE_CELLS, FACE_CELLS), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
