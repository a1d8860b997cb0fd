"""Face detection in grey pictures with OpenCV's Haar cascades."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area, distance
from edge.vision.cascade import (
    FRONTAL,
    FRONTAL_FALLBACK,
    Detection,
    box_in_picture,
    equalized,
    load_cascade,
)
from edge.vision.rotation import rotate

# The local search scales the known face to this width in pixels and accepts sizes between these
# shares of the previous one. It needs fewer overlapping hits because the face is already confirmed.
LOCAL_FACE_WIDTH = 40
LOCAL_SIZE_RANGE = (0.75, 1.35)
LOCAL_MIN_NEIGHBOURS = 3


class HaarFaceDetector:
    """Viola-Jones detector ("Rapid object detection using a boosted cascade", CVPR 2001).

    `roll` is the in-plane rotation in degrees by which the picture is turned counter-clockwise
    before the search: a head that leans to the picture's right is upright at a positive roll.

    Args:
        longest_side: The picture is scaled down to this many pixels before the search.
        min_face_size: Smallest side of a face, in pixels of the scaled picture.
        min_neighbours: Overlapping hits that make a face. A higher number gives fewer false ones.
        scale_factor: The ratio of successive sizes of the search. A higher number takes less time
            and gives fewer hits.

    """

    def __init__(
        self,
        longest_side: int = 960,
        min_face_size: int = 40,
        min_neighbours: int = 5,
        scale_factor: float = 1.1,
    ) -> None:
        self._longest_side = longest_side
        self._min_face_size = min_face_size
        self._min_neighbours = min_neighbours
        self._scale_factor = scale_factor
        self._cascade = load_cascade(FRONTAL)

    def detect(self, grey: NDArray[np.uint8], roll: float = 0.0) -> list[Box]:
        """The boxes of all faces in a uint8 picture [h, w], the largest first."""
        return [detection.box for detection in self.detections(grey, roll)]

    def detections(self, grey: NDArray[np.uint8], roll: float = 0.0) -> list[Detection]:
        """All faces in a uint8 picture [h, w] with their hits, the largest first."""
        scale = min(1.0, self._longest_side / max(grey.shape))
        if min(grey.shape) * scale < self._min_face_size:
            return []
        rotated, inverse = rotate(_shrink(grey, scale), roll)
        windows, hits = self._cascade.detectMultiScale2(
            equalized(rotated),
            scaleFactor=self._scale_factor,
            minNeighbors=self._min_neighbours,
            minSize=(self._min_face_size, self._min_face_size),
        )
        found = [
            Detection(box_in_picture(window, inverse, 1 / scale, (0, 0), grey.shape), int(count))
            for window, count in zip(windows, hits, strict=True)
        ]
        return sorted(found, key=lambda detection: area(detection.box), reverse=True)

    def detect_near(
        self, grey: NDArray[np.uint8], box: Box, margin: float, roll: float = 0.0
    ) -> Box | None:
        """The new box of the face that was at `box`; None if it is not found.

        Searches around `box` only, for faces of about its size. margin: the searched border around
        the box, in widths of the box.
        """
        x, y, width, height = box
        margin_x, margin_y = round(margin * width), round(margin * height)
        left, top = max(0, x - margin_x), max(0, y - margin_y)
        patch = grey[top : y + height + margin_y, left : x + width + margin_x]
        scale = min(1.0, LOCAL_FACE_WIDTH / width)
        smallest, largest = (round(size * scale * width) for size in LOCAL_SIZE_RANGE)
        if min(patch.shape) * scale < smallest:  # also if the picture became smaller
            return None
        rotated, inverse = rotate(_shrink(patch, scale), roll)
        searched = equalized(rotated)
        for cascade in (self._cascade, self._fallback_cascade) if roll == 0 else (self._cascade,):
            hits = cascade.detectMultiScale(
                searched,
                scaleFactor=1.05,
                minNeighbors=LOCAL_MIN_NEIGHBOURS,
                minSize=(smallest, smallest),
                maxSize=(largest, largest),
            )
            boxes = [
                box_in_picture(hit, inverse, 1 / scale, (left, top), grey.shape) for hit in hits
            ]
            if boxes:
                return min(boxes, key=lambda candidate: distance(candidate, box))
        return None

    @cached_property
    def _fallback_cascade(self) -> cv2.CascadeClassifier:
        """Loaded at its first use: photos never need it."""
        return load_cascade(FRONTAL_FALLBACK)


def _shrink(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1:
        return grey
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
