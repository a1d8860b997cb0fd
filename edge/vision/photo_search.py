"""The search for the faces of a photo: as it is, close up, for leaning heads, and turned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area
from edge.vision.cascade import Detection
from edge.vision.cascade_passes import CascadePasses
from edge.vision.close_up import CloseUpDetector
from edge.vision.detector import HaarFaceDetector
from edge.vision.face_search import FaceSearch
from edge.vision.leaning_heads import LeaningHeadDetector

# A photo is turned only if no face in it has so many hits, and a face in a turned photo counts only
# if it has them. Of 115 pictures without a face, none has as many in any turn.
SURE_HITS = 20
# A face with less than this share of another one's hits comes after it, also if it is larger.
DOUBTFUL_SHARE = 1 / 3
# A face larger than this share of the photo's shorter side has too little around it to be framed
# correctly.
FILLING_SHARE = 0.75
TURNS = (90, 180, 270)


@dataclass(frozen=True)
class FoundFace:
    """A face, and how it was found. Its box is a position in the photo turned by `search.turn`."""

    detection: Detection
    search: FaceSearch

    @property
    def box(self) -> Box:
        return self.detection.box


class PhotoSearch:
    """Searches photos. It takes more time than a camera has for a frame."""

    def __init__(
        self, detector: HaarFaceDetector, close_ups: CloseUpDetector, leaning: LeaningHeadDetector
    ) -> None:
        self._detector = detector
        self._close_ups = close_ups
        self._leaning = leaning

    @classmethod
    def load(cls) -> PhotoSearch:
        """The search with the detectors of this package."""
        passes = CascadePasses()
        return cls(HaarFaceDetector(), CloseUpDetector(passes), LeaningHeadDetector(passes))

    def find(self, photo: NDArray[np.uint8]) -> list[FoundFace]:
        """The faces of a photo uint8 [h, w], all in the same turn; the one that decides first.

        That is the largest, unless another one is much clearer.
        """
        upright = self._find_in(photo, 0)
        if _hits(upright) >= SURE_HITS:
            return upright
        turned = max((self._find_in(turn_photo(photo, turn), turn) for turn in TURNS), key=_hits)
        return turned if _hits(turned) >= SURE_HITS else upright

    def _find_in(self, photo: NDArray[np.uint8], turn: int) -> list[FoundFace]:
        detections = self._detector.detections(photo)
        if detections and detections[0].box[2] < FILLING_SHARE * min(photo.shape):
            return _ordered([FoundFace(each, FaceSearch(turn)) for each in detections])
        close_up = self._close_ups.detect(photo)
        if not detections:
            return self._find_unclear(photo, turn, close_up)
        if close_up is None:
            return _ordered([FoundFace(each, FaceSearch(turn)) for each in detections])
        # The close-up is the largest face, framed better and perhaps with fewer hits.
        close_up = replace(close_up, hits=max(close_up.hits, detections[0].hits))
        return _ordered([FoundFace(each, FaceSearch(turn)) for each in (close_up, *detections[1:])])

    def _find_unclear(
        self, photo: NDArray[np.uint8], turn: int, close_up: Detection | None
    ) -> list[FoundFace]:
        """The heads that lean or turn aside, or the close-up if it is clearer."""
        # Not in the other turns, because it takes much time.
        leaning = self._leaning.detections(photo) if turn == 0 else []
        faces = [FoundFace(each, FaceSearch(leaning=True)) for each in leaning]
        if close_up is None or close_up.hits < _hits(faces):
            return _ordered(faces)
        return [FoundFace(close_up, FaceSearch(turn, margin=True))]


def turn_photo(photo: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """A photo uint8 [h, w], turned counter-clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(photo, turn // 90))


def turn_back(box: Box, turn: int, shape: tuple[int, ...]) -> Box:
    """The position in a photo of `shape` (h, w) of a box in the photo turned by `turn` degrees."""
    x, y, width, height = box
    if turn == 90:
        return shape[1] - y - height, x, height, width
    if turn == 180:
        return shape[1] - x - width, shape[0] - y - height, width, height
    if turn == 270:
        return y, shape[0] - x - width, height, width
    return box


def _hits(faces: list[FoundFace]) -> int:
    """The hits of the clearest face; 0 without a face."""
    return max((face.detection.hits for face in faces), default=0)


def _ordered(faces: list[FoundFace]) -> list[FoundFace]:
    """Clear faces before doubtful ones, of each the largest first."""
    doubtful = DOUBTFUL_SHARE * _hits(faces)
    return sorted(faces, key=lambda face: (face.detection.hits < doubtful, -area(face.box)))
