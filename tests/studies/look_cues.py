"""Whether a cheap cue tells the looks that the model is wrong about, such as a look down.

`python -m tests.studies.look_cues FER2013.csv[.gz] [FACES]` (default: 1200). Unseen faces of
PublicTest in scenes, turned by up to 30 degrees, found by the detector. In a second round the box
is moved by a fifth of its side, so that a part of the face is outside. A cue is good if the looks
without it are wrong more often than the others, and if sequences of looks with the same label are
right more often when these looks count less.

The cues: how many eyes OpenCV's cascade finds in the upper half of the crop (closed and lowered
lids are not found), whether their middle is where it is in FER2013's faces, how sharp the crop is
and how sure the model is.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import crop_face
from edge.vision.detector import HaarFaceDetector
from edge.vision.look_weight import certainty
from models.emotions import EMOTIONS
from tests.studies.scene_faces import turned_heads
from training.data.duplicates import unseen_rows
from training.data.fer2013_csv import load_fer2013

# The side at which the eyes are searched, and the least side of an eye then.
SIDE, EYE_SIDE = 96, 14
# Where the middle of the eyes is in FER2013's faces (`python -m tests.studies.eye_positions`), and
# how far from there it may be, in shares of the side.
EYES_AT, NEAR = (0.5, 0.39), 0.08
MOVED = 0.2
# The weight of a look without the cue; looks of a sequence; sequences.
WEIGHTS = (0.5, 0.25)
LOOKS, SEQUENCES = 6, 4000
MIN_PROBABILITY = 0.01
SAD = EMOTIONS.index("sad")


def main() -> None:
    """Print the cues for both rounds, then the processor time of the eyes."""
    cv2.setNumThreads(1)
    splits = load_fer2013(Path(sys.argv[1]))
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    detector, classifier = HaarFaceDetector(), EmotionClassifier.load()
    scenes = turned_heads(faces, int(sys.argv[2]) if sys.argv[2:] else 1200)
    found = [(scene, box) for scene in scenes if (box := scene.detected(detector))]
    labels = faces.labels[[scene.row for scene, _ in found]]
    random = np.random.default_rng(1)
    eyes = _Eyes()
    for share in (0.0, 0.3):
        crops = [
            crop_face(scene.picture, _moved(random, box) if random.random() < share else box)
            for scene, box in found
        ]
        looks = np.array([classifier.classify(crop) for crop in crops], np.float64)
        print(f"{len(crops)} faces, {share:.0%} of the boxes moved:")
        for name, good in _cues(eyes, crops, looks).items():
            _print(name, good, looks, labels)
    print(f"{1e3 * eyes.seconds / eyes.searches:.2f} ms of processor time for the eyes of a look")


def _cues(
    eyes: _Eyes, crops: list[NDArray[np.uint8]], looks: NDArray[np.float64]
) -> dict[str, NDArray[np.bool_]]:
    """Whether each look has the cue."""
    middles = [eyes.find(crop) for crop in crops]
    sharp = np.array([cv2.Laplacian(crop, cv2.CV_32F).std() / (1 + crop.std()) for crop in crops])
    sure = np.array([certainty(look) for look in looks])
    an_eye = np.array([len(found) > 0 for found in middles])
    return {
        "an eye": an_eye,
        "an eye, or not called sad": an_eye | (looks.argmax(axis=1) != SAD),
        "both eyes": np.array([len(found) > 1 for found in middles]),
        "eyes in place": np.array([_in_place(found) for found in middles]),
        "sharp": sharp > np.quantile(sharp, 0.25),
        "sure": sure > np.quantile(sure, 0.25),
    }


def _in_place(found: list[tuple[float, float]]) -> bool:
    left = [x for x, _ in found if x < 0.5]
    right = [x for x, _ in found if x >= 0.5]
    if not left or not right:
        return False
    middle = (np.mean(left) + np.mean(right)) / 2, np.mean([y for _, y in found])
    return bool(np.hypot(*np.subtract(middle, EYES_AT)) < NEAR)


class _Eyes:
    """OpenCV's cascade of eyes. seconds, searches: The processor time so far."""

    def __init__(self) -> None:
        folder = Path(cv2.__file__).parent / "data"
        self._cascade = cv2.CascadeClassifier(str(folder / "haarcascade_eye.xml"))
        self.seconds, self.searches = 0.0, 0

    def find(self, crop: NDArray[np.uint8]) -> list[tuple[float, float]]:
        """The middles of the eyes, x and y in shares of the crop's side."""
        begun = time.process_time()
        upper = cv2.resize(crop, (SIDE, SIDE))[: round(0.6 * SIDE)]
        hits = self._cascade.detectMultiScale(
            cv2.equalizeHist(upper), 1.1, 3, minSize=(EYE_SIDE, EYE_SIDE)
        )
        self.seconds += time.process_time() - begun
        self.searches += 1
        return [((x + w / 2) / SIDE, (y + h / 2) / SIDE) for x, y, w, h in hits]


def _print(
    name: str,
    good: NDArray[np.bool_],
    looks: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> None:
    said = looks.argmax(axis=1)
    right = [np.mean((said == labels)[rows]) for rows in (good, ~good)]
    others = labels != SAD
    sad = [np.mean((said == SAD)[rows & others]) for rows in (good, ~good)]
    pooled = [_pooled(np.where(good, 1.0, weight), looks, labels) for weight in (1.0, *WEIGHTS)]
    sequences = ", ".join(
        f"{hit:.2%} and {wrong:.2%} at {weight:g}"
        for (hit, wrong), weight in zip(pooled, (1.0, *WEIGHTS), strict=True)
    )
    print(
        f"  {name}: {good.mean():.0%}; right {right[0]:.1%} with, {right[1]:.1%} without; "
        f"falsely sad {sad[0]:.1%}, {sad[1]:.1%}; sequences right, falsely sad: {sequences}",
        flush=True,
    )


def _pooled(
    weights: NDArray[np.float64], looks: NDArray[np.float64], labels: NDArray[np.int64]
) -> tuple[float, float]:
    """How many sequences of looks with one label are right, if their logarithms are averaged, and
    how many of those that are not sad are called sad.
    """
    random = np.random.default_rng(2)
    logs = np.log(np.maximum(looks, MIN_PROBABILITY))
    right, sad, others = 0, 0, 0
    for _ in range(SEQUENCES):
        label = labels[random.integers(len(labels))]
        rows = random.choice(np.flatnonzero(labels == label), LOOKS)
        said = (weights[rows, None] * logs[rows]).sum(axis=0).argmax()
        right += int(said == label)
        others += int(label != SAD)
        sad += int(label != SAD and said == SAD)
    return right / SEQUENCES, sad / others


def _moved(random: np.random.Generator, box: Box) -> Box:
    x, y, width, height = box
    angle = random.uniform(0, 2 * np.pi)
    return (
        max(0, round(x + MOVED * width * np.cos(angle))),
        max(0, round(y + MOVED * height * np.sin(angle))),
        width,
        height,
    )


if __name__ == "__main__":
    main()
