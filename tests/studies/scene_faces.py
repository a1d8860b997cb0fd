"""FER2013 faces of many sizes that lean or turn, in scenes, with the boxes of the detector."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, centre
from edge.vision.detector import HaarFaceDetector
from edge.vision.tracker import MIN_MARGIN, ROLL_ANGLES
from tests.benchmarks.scene import Camera, Grey, room
from tests.studies.mood_sequences import SIDE, Head, head_of
from training.data.faces import Faces

# The side of a scene in pixels, and the range of the side of a FER2013 face in it.
SCENE = 320
FACE_SIDES = (60, 170)
# How far a face is from the middle of the scene in pixels, and how far a box may be from the face,
# as a share of its side.
MOVED, NEAR = 20, 0.4
SIZES = (0.5, 1.8)
# Heads lean and turn by up to this many degrees; upright ones lean a little (standard deviation).
MOST_DEGREES, UPRIGHT = 30.0, 4.0
# The distance of the camera, in sides of the head.
DISTANCE = 4.0
ROOMS, NOISE = 40, 4.0
SEED, ORDER_SEED = 11, 3


@dataclass(frozen=True, eq=False)
class SceneFace:
    """A face in a scene.

    Attributes:
        row: Its row among the faces of FER2013.
        picture: The scene, uint8 [320, 320].
        roll: By how many degrees it leans counter-clockwise.
        middle: The coordinates x and y of its centre.
        side: The side of the FER2013 face in pixels of the scene.

    """

    row: int
    picture: NDArray[np.uint8]
    roll: float
    middle: tuple[float, float]
    side: float

    def detected(self, detector: HaarFaceDetector) -> Box | None:
        """The box that a full search gives for this face."""
        boxes = detector.detect(self.picture)
        return next((box for box in boxes if self.is_at(box)), None)

    def tracked(self, detector: HaarFaceDetector) -> tuple[Box, float] | None:
        """The box and the roll that a tracker has for this face, which it knew before."""
        left, top = (max(0, round(each - self.side / 2)) for each in self.middle)
        known = (left, top, round(self.side), round(self.side))
        for roll in sorted(ROLL_ANGLES, key=lambda angle: abs(angle + self.roll)):
            box = detector.detect_near(self.picture, known, MIN_MARGIN, roll)
            if box and self.is_at(box):
                return box, roll
        return None

    def is_at(self, box: Box) -> bool:
        """Whether a box is of this face."""
        away = np.hypot(*np.subtract(centre(box), self.middle)) / self.side
        return bool(away < NEAR and SIZES[0] < box[2] / self.side < SIZES[1])


def turned_heads(faces: Faces, most: int) -> list[SceneFace]:
    """Scenes of nearly upright heads, turned to either side by up to 30 degrees."""
    return _scenes(faces, most, leaning=False)


def leaning_heads(faces: Faces, most: int) -> list[SceneFace]:
    """Scenes of heads that look at the camera and lean to either side by up to 30 degrees."""
    return _scenes(faces, most, leaning=True)


def _scenes(faces: Faces, most: int, *, leaning: bool) -> list[SceneFace]:
    random = np.random.default_rng(SEED)
    rooms = [room(random, SCENE, SCENE) for _ in range(ROOMS)]
    camera = Camera(random, SCENE, SCENE, NOISE)
    scenes = []
    for row in np.random.default_rng(ORDER_SEED).permutation(len(faces))[:most]:
        turn = (-MOST_DEGREES, MOST_DEGREES)
        roll = random.uniform(*turn) if leaning else random.normal(0, UPRIGHT)
        yaw = 0.0 if leaning else random.uniform(*turn)
        side = float(np.exp(random.uniform(*np.log(FACE_SIDES))))
        x, y = (SCENE / 2 + random.uniform(-MOVED, MOVED) for _ in range(2))
        head = head_of(faces.images[row])
        matrix = _projection(head[0].shape[0], side / SIDE, roll, yaw, (x, y))
        behind = rooms[random.integers(ROOMS)]
        picture = camera.take(
            _put(behind, head, matrix), random.uniform(0.65, 1.35), random.uniform(-0.8, 0.8)
        )
        scenes.append(SceneFace(int(row), picture, float(roll), (x, y), side))
    return scenes


def _projection(
    head_side: int, scale: float, roll: float, yaw: float, middle: tuple[float, float]
) -> NDArray[np.float32]:
    """The matrix [3, 3] from a flat picture of a head, which leans and turns, to the scene."""
    half = head_side / 2
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    depth = DISTANCE * head_side / (DISTANCE * head_side + corners[:, 0] * np.sin(np.radians(yaw)))
    seen = corners * depth[:, None] * (np.cos(np.radians(yaw)), 1)
    cosine, sine = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    leaning = seen @ np.array([[cosine, -sine], [sine, cosine]])
    target = (leaning * scale + middle).astype(np.float32)
    return cv2.getPerspectiveTransform((corners + half).astype(np.float32), target)  # type: ignore[return-value]


def _put(scene: Grey, head: Head, matrix: NDArray[np.float32]) -> Grey:
    picture, mask = (
        cv2.warpPerspective(each, matrix, (SCENE, SCENE), flags=interpolation)
        for each, interpolation in zip(head, (cv2.INTER_CUBIC, cv2.INTER_LINEAR), strict=True)
    )
    return (scene + mask * (picture - scene)).astype(np.float32)
