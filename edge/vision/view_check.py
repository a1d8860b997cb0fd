"""What is wrong with a camera's view, for a person who aims the camera."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.config.settings import FacesSettings, SourceSettings
from edge.vision.boxes import Box
from edge.vision.cascade import Detection
from edge.vision.crop import crop_face
from edge.vision.detector import HaarFaceDetector
from edge.vision.photo_search import TURNS, turn_photo
from edge.vision.sharpness import sharpness

# The thresholds are those of `python -m tests.studies.view_thresholds`.
# Grey levels, 0 to 255: in a darker face or picture the noise of the camera hides expressions.
DARK = 8.0
# Without a face, the lens is covered if the picture's coarse grey levels have a lower standard
# deviation.
COVERED = 1.0
# The sharpness below which expressions are lost.
BLURRED = 0.3
# Sharpness is measured at these sizes in pixels: that of a face crop, or a picture's longest side.
PICTURE_SIDE = 120
COVERED_SIDE = 20
# Faces that are too small for a run are searched in a picture enlarged by this factor. A false face
# seldom has so many hits.
ENLARGEMENT, SMALL_FACE_HITS = 2, 8
# A turned picture needs a face with so many hits: false ones seldom have more.
CLEAR_HITS = 12
# A face with less than this share of its width to the edge of the picture soon leaves it.
EDGE_SHARE = 0.15

FindingName = Literal[
    "covered", "dark", "turned", "nobody", "small", "left", "right", "top", "bottom", "blurred"
]


@dataclass(frozen=True)
class View:
    """A judged picture.

    Attributes:
        findings: What is wrong, the cause before its effects; empty if nothing is.
        turn: By how many degrees counter-clockwise the picture must be turned: 0, 90, 180 or 270.
        faces: The boxes of the faces, the largest first, in the turned picture.
        least_face: The smallest width of a face that a run finds, in pixels.
        brightness: The mean grey level of the largest face, without a face of the picture, 0..255.
        sharpness: How much finer the details are than a blur hides, 0..1; of the same.
        rotation: The setting source.rotation with which the faces are upright.
    """

    findings: tuple[FindingName, ...]
    turn: int
    faces: tuple[Box, ...]
    least_face: int
    brightness: float
    sharpness: float
    rotation: int

    def to_json(self) -> dict[str, object]:
        """The document of `moodpi look --json`."""
        return {
            "findings": list(self.findings),
            "turn": self.turn,
            "faces": [list(face) for face in self.faces],
            "least_face": self.least_face,
            "brightness": round(self.brightness, 1),
            "sharpness": round(self.sharpness, 3),
            "rotation": self.rotation,
        }


class ViewCheck:
    """Judges single pictures. It searches more than a run does, and needs more time."""

    def __init__(self, faces: FacesSettings, source: SourceSettings) -> None:
        self._settings = faces
        self._source = source
        self._detector = HaarFaceDetector(
            faces.longest_side, faces.min_face_size, faces.min_neighbours
        )
        self._enlarging_detector = HaarFaceDetector(
            ENLARGEMENT * faces.longest_side, faces.min_face_size, faces.min_neighbours
        )

    def check(self, grey: NDArray[np.uint8], known: Sequence[Box] = ()) -> View:
        """Judge a picture uint8 [h, w]. known: the faces that a run sees in it."""
        found, turn = self._detector.detections(grey), 0
        # A blurred face has few hits, and what is around it resembles one in another turn.
        blurred = any(sharpness(crop_face(grey, face.box)) < BLURRED for face in found[:1])
        if not known and not blurred and _hits(found) < CLEAR_HITS:
            for other in TURNS:
                turned = self._detector.detections(turn_photo(grey, other))
                if _hits(turned) >= max(CLEAR_HITS, _hits(found) + 1):
                    found, turn = turned, other
        boxes = [each.box for each in found] or known or self._small_faces(grey)
        return self.judge(turn_photo(grey, turn), boxes, turn)

    def judge(self, grey: NDArray[np.uint8], faces: Sequence[Box], turn: int = 0) -> View:
        """Judge a picture with these faces, the largest first; it was turned by `turn` degrees."""
        least_face = self._least_face(grey)
        seen = crop_face(grey, faces[0]) if faces else _shrunk(grey, PICTURE_SIDE)
        brightness, sharp = float(np.mean(seen)), sharpness(seen)
        findings: list[FindingName] = []
        if not faces and float(np.std(_shrunk(grey, COVERED_SIDE))) < COVERED:
            findings.append("covered")
        else:
            findings += ["dark"] if brightness < DARK else []
            findings += ["turned"] if turn else []
            findings += _place(faces[0], grey.shape, least_face) if faces else ["nobody"]
            # Noise hides the blur of a dark picture.
            findings += ["blurred"] if sharp < BLURRED and brightness >= DARK else []
        # A mirrored picture turns the other way.
        clockwise = turn if self._source.mirror else -turn
        rotation = (self._source.rotation + clockwise) % 360
        return View(tuple(findings), turn, tuple(faces), least_face, brightness, sharp, rotation)

    def _small_faces(self, grey: NDArray[np.uint8]) -> list[Box]:
        """The faces down to half the size that a run finds."""
        scale = ENLARGEMENT * self._settings.longest_side / max(grey.shape)
        if scale <= 1:
            enlarged, scale = grey, 1.0
        else:
            enlarged = cv2.resize(grey, None, fx=scale, fy=scale)  # type: ignore[assignment]
        found = self._enlarging_detector.detections(enlarged)
        return [
            tuple(round(side / scale) for side in each.box)
            for each in found
            if each.hits >= SMALL_FACE_HITS
        ]

    def _least_face(self, grey: NDArray[np.uint8]) -> int:
        """The smallest width of a face that a run finds, in pixels of the picture."""
        shrunk = max(1.0, max(grey.shape) / self._settings.longest_side)
        return math.ceil(self._settings.min_face_size * shrunk)


def _hits(faces: Sequence[Detection]) -> int:
    """The hits of the clearest face; 0 without a face."""
    return max((face.hits for face in faces), default=0)


def _place(face: Box, shape: tuple[int, ...], least_face: int) -> list[FindingName]:
    """What is wrong with the size and the place of a face in a picture of `shape` (h, w)."""
    x, y, width, height = face
    distances: dict[FindingName, int] = {
        "left": x,
        "right": shape[1] - x - width,
        "top": y,
        "bottom": shape[0] - y - height,
    }
    small: list[FindingName] = ["small"] if width < least_face else []
    return small + [edge for edge, gap in distances.items() if gap < EDGE_SHARE * width]


def _shrunk(grey: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    scale = min(1.0, longest_side / max(grey.shape))
    size = (max(2, round(grey.shape[1] * scale)), max(2, round(grey.shape[0] * scale)))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
