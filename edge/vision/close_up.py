"""The search for a face that fills its picture, as in data sets of faces."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.cascade import (
    FRONTAL,
    PROFILE,
    Detection,
    box_in_picture,
    equalized,
    load_cascade,
    middle_in_picture,
)
from edge.vision.median import median
from edge.vision.rotation import rotate

# All numbers are chosen with `python -m tests.studies.close_ups`. The shorter side is scaled to
# SIDE pixels. What follows is in shares of that side.
SIDE = 96
MAX_ASPECT = 2
# The border around the picture. A cascade needs some surroundings, which a tightly cropped face
# does not have.
BORDER = 0.3
SIZE_RANGE = (0.7, 1.25)
# A face that fills the picture is in its middle. Its centre is no further than this from that of
# the nearest square in the picture, so that few hits are sure enough.
MAX_SHIFT = 0.2
MIN_HITS = 2
# Roll in degrees, and whether the picture is mirrored. The hits of all passes count together.
PASSES = ((0, False), (0, True), (15, False), (-15, False), (30, False), (-30, False))
# A cascade sees less around a face with a border than around one in a scene, and its boxes are
# smaller by this factor.
GROWTH = 1.1


class CloseUpDetector:
    """Detects one face that fills a picture, seen from the front or half from the side."""

    def detect(self, grey: NDArray[np.uint8]) -> Detection | None:
        """The face that fills a uint8 picture [h, w]; None without one."""
        height, width = grey.shape
        shorter = min(height, width)
        if max(height, width) > MAX_ASPECT * shorter:
            return None
        scale = SIDE / shorter
        hits = [
            hit
            for roll, mirrored in PASSES
            for hit in self._hits(_framed(grey, scale), roll, mirrored=mirrored)
            if _is_in_the_middle(hit, width * scale, height * scale)
        ]
        if len(hits) < MIN_HITS:
            return None
        x, y, side = (float(value) for value in median(hits))
        side *= GROWTH
        window = (x - side / 2, y - side / 2, side, side)
        return Detection(box_in_picture(window, None, 1 / scale, (0, 0), grey.shape), len(hits))

    def _hits(
        self, framed: NDArray[np.uint8], roll: float, *, mirrored: bool
    ) -> list[tuple[float, float, float]]:
        """The centre x and y in the picture and the side of each window accepted in one pass."""
        picture = np.ascontiguousarray(framed[:, ::-1]) if mirrored else framed
        rotated, inverse = rotate(picture, roll)
        searched = equalized(rotated)
        smallest, largest = (round(share * SIDE) for share in SIZE_RANGE)
        border = round(BORDER * SIDE)
        hits = []
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
                x = framed.shape[1] - x if mirrored else x
                hits.append((x - border, y - border, float(window[2])))
        return hits

    @cached_property
    def _cascades(self) -> tuple[cv2.CascadeClassifier, ...]:
        """Loaded at their first use: few photos need them."""
        return load_cascade(FRONTAL), load_cascade(PROFILE)


def _framed(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """A picture uint8 [h, w], scaled, with a border."""
    border = round(BORDER * SIDE)
    height, width = grey.shape
    scaled = cv2.resize(
        grey,
        (round(width * scale), round(height * scale)),
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )
    return cv2.copyMakeBorder(  # type: ignore[return-value]
        scaled, border, border, border, border, borderType=cv2.BORDER_REPLICATE
    )


def _is_in_the_middle(hit: tuple[float, float, float], width: float, height: float) -> bool:
    """Whether a hit may be a face that fills a scaled picture of `width` x `height` pixels."""
    return all(
        abs(centre - length / 2) <= (length - SIDE) / 2 + MAX_SHIFT * SIDE
        for centre, length in zip(hit[:2], (width, height), strict=True)
    )
