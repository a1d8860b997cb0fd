"""The accuracy through the detector by what is cropped from its box.

`python -m tests.studies.face_crops FER2013.csv[.gz] [FACES]` (default: all) shows unseen faces of
PublicTest in scenes. Turned heads are found by a full search, and cropped with more or less around
the box, higher and lower, and with means over several crops. Leaning heads are found as by the
tracker and cropped with several angles. Each difference is between the same faces, with its 95 %
confidence interval.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, centre
from edge.vision.classifier import EmotionClassifier
from edge.vision.crop import crop_face, resize_crop
from edge.vision.detector import HaarFaceDetector
from tests.benchmarks.machine import describe
from tests.studies.scene_faces import leaning_heads, turned_heads
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013

Grey = NDArray[np.uint8]
Probabilities = NDArray[np.float32]
# Shares of the box's side: what is added on every side of it, and moved down.
MARGINS = (-0.12, -0.085, -0.05, -0.02, 0.0, 0.03, 0.05, 0.08, 0.12)
SHIFTS = (-0.08, -0.04, 0.0, 0.04, 0.08)
# The margins of crops whose mean is taken.
MEANS = ((-0.05, 0.0, 0.05), (-0.05, 0.05), (-0.05, 0.05, 0.12), (-0.12, 0.0, 0.05))
STEP = 10.0


def main() -> None:
    """Print the tables."""
    splits = load_fer2013(Path(sys.argv[1]))
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    most = int(sys.argv[2]) if sys.argv[2:] else len(faces)
    print(describe(), flush=True)
    classifier, detector = EmotionClassifier.load(), HaarFaceDetector()
    _print_turned(faces, most, classifier, detector)
    _print_leaning(faces, most, classifier, detector)


def _print_turned(
    faces: Faces, most: int, classifier: EmotionClassifier, detector: HaarFaceDetector
) -> None:
    scenes = turned_heads(faces, most)
    found = [(scene, box) for scene in scenes if (box := scene.detected(detector))]
    rows = [scene.row for scene, _ in found]
    labels = faces.labels[rows]
    print(f"{len(found)} of {len(scenes)} turned heads found; with the mirror image:")

    def cropped(margin: float, shift: float = 0.0) -> Probabilities:
        crops = [cut(scene.picture, box, margin, shift) for scene, box in found]
        return _mirror_averaged(classifier, crops)

    by_margin = {margin: cropped(margin) for margin in MARGINS}
    whole = by_margin[0.0]
    _print("the pixels of FER2013", _mirror_averaged(classifier, faces.images[rows]), whole, labels)
    for margin, probabilities in by_margin.items():
        _print(f"margin {margin:+.1%}", probabilities, whole, labels)
    for shift in SHIFTS:
        _print(f"the box, {shift:+.0%} down", cropped(0.0, shift), whole, labels)
    for margins in MEANS:
        mean = np.mean(
            [by_margin[each] if each in by_margin else cropped(each) for each in margins], axis=0
        )
        _print(f"{_name(margins)}: {2 * len(margins)} passes", mean, whole, labels)


def _print_leaning(
    faces: Faces, most: int, classifier: EmotionClassifier, detector: HaarFaceDetector
) -> None:
    scenes = leaning_heads(faces, most)
    found = [(scene, *face) for scene in scenes if (face := scene.tracked(detector))]
    labels = faces.labels[[scene.row for scene, *_ in found]]
    print(f"{len(found)} of {len(scenes)} leaning heads found near their place; turned upright:")

    def turned(rolls: Sequence[float], margin: float = 0.0) -> Probabilities:
        crops = [
            cut(scene.picture, box, margin, roll=roll)
            for (scene, box, _), roll in zip(found, rolls, strict=True)
        ]
        return _mirror_averaged(classifier, crops)

    leans = [-scene.roll for scene, *_ in found]
    reference = _mirror_averaged(
        classifier, [crop_face(scene.picture, box, roll) for scene, box, roll in found]
    )
    _print("not at all", turned([0.0] * len(found)), reference, labels)
    _print("in the tracker's steps of 25 degrees", reference, reference, labels)
    rolls = [roll for *_, roll in found]
    _print("the same, cut after the rotation", turned(rolls), reference, labels)
    mean = np.mean([turned(rolls, margin) for margin in MEANS[0]], axis=0)
    _print(f"the same, {_name(MEANS[0])}", mean, reference, labels)
    steps = [STEP * round(lean / STEP) for lean in leans]
    _print(f"by the true lean in steps of {STEP:.0f} degrees", turned(steps), reference, labels)
    _print("by the true lean", turned(leans), reference, labels)


def _name(margins: Sequence[float]) -> str:
    return f"mean of {', '.join(f'{each:+.1%}' for each in margins)}"


def _print(
    name: str, probabilities: Probabilities, reference: Probabilities, labels: NDArray[np.int64]
) -> None:
    right, other = (each.argmax(axis=1) == labels for each in (probabilities, reference))
    gap = right.astype(int) - other
    half = 1.96 * gap.std() / np.sqrt(len(gap))
    print(
        f"  {name:<48}{right.mean():6.1%}  {100 * gap.mean():+.1f} +- {100 * half:.1f}", flush=True
    )


def _mirror_averaged(classifier: EmotionClassifier, crops: Sequence[Grey] | Grey) -> Probabilities:
    """Probabilities [n, 7], as for a photo; `crops` are n faces [48, 48]."""
    both = [
        (classifier.classify(crop), classifier.classify(np.ascontiguousarray(crop[:, ::-1])))
        for crop in crops
    ]
    return np.mean(both, axis=1, dtype=np.float32)


def cut(
    picture: Grey, box: Box, margin: float = 0.0, shift: float = 0.0, roll: float = 0.0
) -> Grey:
    """The box turned upright, with a margin and moved down, both as shares of its side.

    Unlike crop_face, it has the pixels of the picture in all its corners.
    """
    side = box[2] * (1 + 2 * margin)
    x, y = centre(box)
    middle = (x, y + shift * box[3])
    matrix: NDArray[np.float64] = np.array(cv2.getRotationMatrix2D(middle, roll, 1.0))
    matrix[:, 2] += side / 2 - np.array(middle)
    size = (round(side), round(side))
    warped = cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return resize_crop(warped.astype(np.uint8, copy=False))


if __name__ == "__main__":
    main()
