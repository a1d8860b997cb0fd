"""The search for a face that fills its picture, as in data sets of faces."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.cascade import Detection, box_in_picture
from edge.vision.cascade_passes import CascadePasses
from edge.vision.median import median

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
# A cascade sees less around a face with a border than around one in a scene, and its boxes are
# smaller by this factor.
GROWTH = 1.1


class CloseUpDetector:
    """Detects one face that fills a picture, seen from the front or half from the side."""

    def __init__(self, passes: CascadePasses) -> None:
        self._passes = passes

    def detect(self, grey: NDArray[np.uint8]) -> Detection | None:
        """The face that fills a uint8 picture [h, w]; None without one."""
        height, width = grey.shape
        shorter = min(height, width)
        if max(height, width) > MAX_ASPECT * shorter:
            return None
        scale = SIDE / shorter
        border = round(BORDER * SIDE)
        smallest, largest = (round(share * SIDE) for share in SIZE_RANGE)
        hits = [
            (hit.x - border, hit.y - border, hit.side)
            for hit in self._passes.hits(_framed(grey, scale, border), smallest, largest)
        ]
        middle = [hit for hit in hits if _is_in_the_middle(hit[:2], width * scale, height * scale)]
        if len(middle) < MIN_HITS:
            return None
        x, y, side = (float(value) for value in median(middle))
        side *= GROWTH
        window = (x - side / 2, y - side / 2, side, side)
        return Detection(box_in_picture(window, None, 1 / scale, (0, 0), grey.shape), len(middle))


def _framed(grey: NDArray[np.uint8], scale: float, border: int) -> NDArray[np.uint8]:
    """A picture uint8 [h, w], scaled, with a border of so many pixels."""
    height, width = grey.shape
    scaled = cv2.resize(
        grey,
        (round(width * scale), round(height * scale)),
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )
    return cv2.copyMakeBorder(  # type: ignore[return-value]
        scaled, border, border, border, border, borderType=cv2.BORDER_REPLICATE
    )


def _is_in_the_middle(centre: tuple[float, float], width: float, height: float) -> bool:
    """Whether a face there may fill a scaled picture of `width` x `height` pixels."""
    return all(
        abs(at - length / 2) <= (length - SIDE) / 2 + MAX_SHIFT * SIDE
        for at, length in zip(centre, (width, height), strict=True)
    )
