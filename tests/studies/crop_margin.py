"""The accuracy of the models for different margins around the detector's box.

`python -m tests.studies.crop_margin FER2013.csv[.gz] [FACES]`. FER2013 was cropped by an OpenCV
detector. So many of its PublicTest are put into a scene with a head's margin around them, found
again by moodpi's own detector, and cropped with more or less around the box that it gives; the best
margin is the one with which the model recognises most. The same on the bundled portrait, as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, centre
from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import resize_crop
from edge.vision.detector import HaarFaceDetector
from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import PORTRAIT
from tests.benchmarks.scene import put
from tests.grey_picture import grey_picture
from tests.studies.mood_sequences import FACE_SIDE, SIDE, head_of
from training.data.fer2013_csv import load_fer2013

SCENE = 320
# Of the box's side, on every side of it.
MARGINS = (-0.15, -0.10, -0.05, 0.0, 0.05, 0.10, 0.15, 0.20, 0.30)
Grey = NDArray[np.uint8]


def main() -> None:
    """Print the table."""
    faces = load_fer2013(Path(sys.argv[1]))["PublicTest"]
    most = int(sys.argv[2]) if sys.argv[2:] else len(faces)
    rows = np.random.default_rng(5).permutation(len(faces))[:most]
    classifier, detector = EmotionClassifier.load(), HaarFaceDetector(SCENE, 40, 5)
    found: list[tuple[Grey, Box, int]] = []
    for row in rows:
        scene = _scene(faces.images[row])
        boxes = detector.detect(scene)
        if boxes:
            found.append((scene, boxes[0], int(faces.labels[row])))
    _print_boxes(found, most)
    portrait = grey_picture(PORTRAIT)
    face = HaarFaceDetector().detect(portrait)[0]
    print("margin   top-1   the portrait's happy")
    for margin in MARGINS:
        right = [
            int(classifier.classify(cut(scene, box, margin)).argmax()) == label
            for scene, box, label in found
        ]
        happy = classifier.classify(cut(portrait, face, margin))[EMOTIONS.index("happy")]
        print(f"{margin:+6.0%}{np.mean(right):8.1%}{happy:12.1%}")


def cut(grey: Grey, box: Box, margin: float) -> Grey:
    """The crop of the box with `margin` of its side on each side, at the models' input size."""
    x, y, width, height = box
    more = round(margin * width)
    top, left = max(0, y - more), max(0, x - more)
    return resize_crop(grey[top : y + height + more, left : x + width + more])


def _scene(face: Grey) -> Grey:
    picture, mask = head_of(face)
    middle = picture.shape[1] / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), 0, FACE_SIDE / SIDE)
    matrix[:, 2] += SCENE / 2 - middle
    wall = np.full((SCENE, SCENE), 120, np.float32)
    return put(wall, picture, mask, matrix).astype(np.uint8)


def _print_boxes(found: list[tuple[Grey, Box, int]], of: int) -> None:
    sides = np.array([box[2] for _, box, _ in found]) / FACE_SIDE
    middles = (np.array([centre(box) for _, box, _ in found]) - SCENE / 2) / FACE_SIDE
    print(describe())
    print(
        f"{len(found)} of {of} faces found; the box's side is {np.median(sides):.2f} of FER2013's "
        f"crop (middle half {np.quantile(sides, 0.25):.2f} to {np.quantile(sides, 0.75):.2f}), its "
        f"middle {np.median(middles[:, 0]):+.2f} to the right and {np.median(middles[:, 1]):+.2f} "
        "below"
    )


if __name__ == "__main__":
    main()
