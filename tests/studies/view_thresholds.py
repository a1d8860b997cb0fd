"""At which light and blur `moodpi look` warns, and how many faces are still found and classified.

`python -m tests.studies.view_thresholds FER2013.csv[.gz] [FACES]`. So many faces of PublicTest are
put into rooms (tests.benchmarks.scene) that are darkened, or blurred by a share of the width of the
face, before the camera adds its noise. `found` and `right` are the shares of all faces that the
detector of a run finds, and that are also classified correctly. `brightness` and `sharpness` are
medians.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.config.settings import FacesSettings, SourceSettings
from edge.vision.boxes import distance
from edge.vision.classified_face import classify_face
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.view_check import ViewCheck
from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe
from tests.benchmarks.scene import Camera, Grey, put, room
from tests.studies.mood_sequences import SIDE, head_of
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013

SCENE, ROOMS, NOISE, SEED = 320, 20, 4.0, 11
FACE_SIDES = (60, 170)
LIGHTS = (1.0, 0.4, 0.2, 0.12, 0.08, 0.05, 0.02)
BLURS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.1)
# A box that is nearer than this to the face, in widths of the face, is of it.
NEAR = 0.4
Picture = NDArray[np.uint8]


def main() -> None:
    """Print a row for each light and each blur."""
    faces = load_fer2013(Path(sys.argv[1]))["PublicTest"]
    most = int(sys.argv[2]) if sys.argv[2:] else 100
    random = np.random.default_rng(SEED)
    scenes = _scenes(faces, most, random)
    camera = Camera(random, SCENE, SCENE, NOISE)
    print(describe())
    print(f"{'':12}  found  right  brightness  sharpness  findings")
    for light in LIGHTS:
        _print_row(
            f"light {light}",
            [(emotion, camera.take(scene, light), side) for emotion, scene, side in scenes],
        )
    for blur in BLURS:
        _print_row(
            f"blur {blur}",
            [
                (emotion, camera.take(_blurred(scene, blur * side)), side)
                for emotion, scene, side in scenes
            ],
        )


def _blurred(scene: Grey, sigma: float) -> Grey:
    return cv2.GaussianBlur(scene, (0, 0), sigma).astype(np.float32)


def _scenes(faces: Faces, most: int, random: np.random.Generator) -> list[tuple[str, Grey, float]]:
    """The emotion, the scene and the width of the face in its middle, for so many faces."""
    rooms = [room(random, SCENE, SCENE) for _ in range(ROOMS)]
    scenes = []
    for row in random.permutation(len(faces))[:most]:
        picture, mask = head_of(faces.images[row])
        side = float(np.exp(random.uniform(*np.log(FACE_SIDES))))
        scale, half = side / SIDE, SCENE / 2
        offset = half - scale * picture.shape[0] / 2
        matrix = np.array([[scale, 0, offset], [0, scale, offset]])
        scene = put(rooms[random.integers(ROOMS)], picture, mask, matrix)
        scenes.append((EMOTIONS[int(faces.labels[row])], scene, side))
    return scenes


def _print_row(name: str, pictures: list[tuple[str, Picture, float]]) -> None:
    settings = FacesSettings()
    detector = HaarFaceDetector(
        settings.longest_side, settings.min_face_size, settings.min_neighbours
    )
    classifier, check = EmotionClassifier.load(), ViewCheck(settings, SourceSettings())
    found = right = 0
    views = []
    for emotion, picture, side in pictures:
        middle = (round(SCENE / 2), round(SCENE / 2), 0, 0)
        boxes = [each for each in detector.detect(picture) if distance(each, middle) < NEAR * side]
        found += bool(boxes)
        right += any(classify_face(classifier, picture, box).emotion == emotion for box in boxes)
        views.append(check.judge(picture, boxes))
    names = ("covered", "dark", "blurred", "nobody")
    shares = ", ".join(
        f"{finding} {np.mean([finding in view.findings for view in views]):.0%}"
        for finding in names
    )
    print(
        f"{name:12}  {found / len(pictures):5.0%}  {right / len(pictures):5.0%}"
        f"  {np.median([view.brightness for view in views]):10.1f}"
        f"  {np.median([view.sharpness for view in views]):9.3f}  {shares}",
        flush=True,
    )


if __name__ == "__main__":
    main()
