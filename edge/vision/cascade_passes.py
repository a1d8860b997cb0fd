"""Several passes of cascades over a picture, whose hits count together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.cascade import FRONTAL, PROFILE, equalized, load_cascade, middle_in_picture
from edge.vision.rotation import rotate

# Roll in degrees, and whether the picture is mirrored. PROFILE knows only one side of a head.
PASSES = ((0, False), (0, True), (15, False), (-15, False), (30, False), (-30, False))


@dataclass(frozen=True)
class Hit:
    """A window that a cascade accepted.

    Attributes:
        x: The column of its centre, in pixels of the picture.
        y: The row of its centre.
        side: Its width and height.
        roll: The degrees by which the picture was turned counter-clockwise.

    """

    x: float
    y: float
    side: float
    roll: float


class CascadePasses:
    """Searches for faces that look ahead or half aside, and lean by up to 35 degrees."""

    def hits(self, picture: NDArray[np.uint8], smallest: int, largest: int) -> list[Hit]:
        """All hits in a uint8 picture [h, w] with sides between two lengths in pixels."""
        return [hit for each in PASSES for hit in self._pass(picture, *each, smallest, largest)]

    def _pass(
        self, picture: NDArray[np.uint8], roll: float, mirrored: bool, smallest: int, largest: int
    ) -> Iterator[Hit]:
        seen = np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture
        rotated, inverse = rotate(seen, roll)
        searched = equalized(rotated)
        for cascade in self._cascades:
            windows = cascade.detectMultiScale(
                searched,
                scaleFactor=1.1,
                minNeighbors=0,
                minSize=(smallest, smallest),
                maxSize=(largest, largest),
            )
            for window in windows:
                x, y = middle_in_picture(window, inverse)
                yield Hit(picture.shape[1] - x if mirrored else x, y, float(window[2]), roll)

    @cached_property
    def _cascades(self) -> tuple[cv2.CascadeClassifier, ...]:
        """Loaded at their first use: few photos need them."""
        return load_cascade(FRONTAL), load_cascade(PROFILE)
