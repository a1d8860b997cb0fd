"""The movement of a part of the picture by fractions of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box

# Patches are compared at this side in pixels.
SIDE = 32


@dataclass(frozen=True)
class PatchChange:
    """How a patch differs from its reference.

    Attributes:
        shift: To the right and downwards, in shares of the patch's side. It is up to a quarter
            too large, because the gradient of fine detail is estimated too low.
        mismatch: The part of the reference's variance that a shift and another light do not
            explain: 0 for the same picture, about 1 for another one.

    """

    shift: tuple[float, float]
    mismatch: float


class PatchReference:
    """A patch of a picture, with which later ones of the same place are compared.

    The difference to the reference is fitted, by least squares, with the change that a small shift
    makes (the gradient, as in Lucas and Kanade 1981) and with changes of the light: brighter,
    lighter, and from another side.

    Args:
        grey: The picture, uint8 [h, w].
        box: Where the patch is.

    """

    def __init__(self, grey: NDArray[np.uint8], box: Box) -> None:
        self.box = box
        self._patch = _patch(grey, box)
        across = np.linspace(-1, 1, SIDE, dtype=np.float32)
        columns = (
            -np.gradient(self._patch, axis=1),
            -np.gradient(self._patch, axis=0),
            self._patch,
            np.ones((SIDE, SIDE), np.float32),
            np.tile(across, (SIDE, 1)),
            np.tile(across[:, None], (1, SIDE)),
        )
        self._columns = np.stack([column.ravel() for column in columns], axis=1)
        self._solve = np.linalg.pinv(self._columns).astype(np.float32)
        self._variance = float(self._patch.var())

    def change(self, grey: NDArray[np.uint8]) -> PatchChange:
        """How a picture uint8 [h, w] of the reference's size differs from the reference."""
        difference = (_patch(grey, self.box) - self._patch).ravel()
        fit = self._solve @ difference
        rest = float(np.var(difference - self._columns @ fit))
        return PatchChange(
            (float(fit[0]) / SIDE, float(fit[1]) / SIDE), rest / max(1.0, self._variance)
        )


def _patch(grey: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    x, y, width, height = box
    area = grey[y : y + height, x : x + width]
    interpolation = cv2.INTER_AREA if width > SIDE else cv2.INTER_LINEAR
    return cv2.resize(area, (SIDE, SIDE), interpolation=interpolation).astype(np.float32)
