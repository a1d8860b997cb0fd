"""The detection of heads that lean or turn aside, in photos in which no other face is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import area
from edge.vision.cascade import Detection, box_in_picture
from edge.vision.cascade_passes import CascadePasses, Hit
from edge.vision.median import median

# The numbers are chosen with `python -m tests.studies.leaning_photos`. A photo is scaled down to
# this many pixels, because the passes take much time.
LONGEST_SIDE = 480
MIN_SIZE = 40
MIN_HITS = 12
# The hits of one face: how far their centres are apart, as a share of the side, and the greatest
# ratio of their sides.
NEAR = 0.25
SIZE_RATIO = 1.3


class LeaningHeadDetector:
    """Detects heads that lean by up to 35 degrees or turn half aside."""

    def __init__(self, passes: CascadePasses) -> None:
        self._passes = passes

    def detections(self, grey: NDArray[np.uint8]) -> list[Detection]:
        """The faces of a uint8 picture [h, w], the largest first."""
        scale = min(1.0, LONGEST_SIDE / max(grey.shape))
        if min(grey.shape) * scale < MIN_SIZE:
            return []
        scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        hits = self._passes.hits(scaled, MIN_SIZE, min(scaled.shape))  # type: ignore[arg-type]
        found = []
        for face in _groups(hits):
            x, y, side = median([(hit.x, hit.y, hit.side) for hit in face])
            window = (x - side / 2, y - side / 2, side, side)
            box = box_in_picture(window, None, 1 / scale, (0, 0), grey.shape)
            roll = float(np.mean([hit.roll for hit in face]))
            found.append(Detection(box, len(face), roll))
        return sorted(found, key=lambda detection: area(detection.box), reverse=True)


def _groups(hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """The hits of each face that has enough of them, those of the clearest first.

    Takes memory for n hits, not for n x n: a photo full of faces has thousands.
    """
    places = np.array([(hit.x, hit.y, hit.side) for hit in hits]).reshape(-1, 3)
    counts = np.array([np.count_nonzero(_near(places, place)) for place in places])
    free = np.ones(len(hits), bool)
    for index in np.argsort(-counts, kind="stable"):
        group = _near(places, places[index]) & free
        if free[index] and np.count_nonzero(group) >= MIN_HITS:
            yield [hit for hit, belongs in zip(hits, group, strict=True) if belongs]
            free &= ~_overlapping(places, places[index])


def _near(places: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of n hits [n, 3], each its x, y and side, may be of the same face as another [3]."""
    side = places[:, 2]
    ratio = np.abs(np.log(side / place[2]))
    return (_distances(places, place) < NEAR * place[2]) & (ratio < np.log(SIZE_RATIO))


def _overlapping(places: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of n hits cannot be another face than a clear one: one of both contains the other."""
    return _distances(places, place) < np.maximum(places[:, 2], place[2]) / 2


def _distances(places: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(*(places - place)[:, :2].T)
