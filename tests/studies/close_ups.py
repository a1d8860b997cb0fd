"""Faces that fill their picture: how many are found, and how many are classified correctly.

`python -m tests.studies.close_ups FER2013.csv[.gz] [FACES] [FOLDER]`. So many faces of PublicTest,
which are cropped tightly, are enlarged to the sizes in which data sets of faces come. Each is found
and classified by the detector alone, by the search of photos, and as a whole, which is what a
perfect detector would do. FOLDER holds pictures without any face: how many faces are found in them
and in squares cut out of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.classified_face import ClassifiedFace, classify_crop, classify_face
from edge.vision.classifier import EmotionClassifier, FaceClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.mirror import MirrorAveragingClassifier
from edge.vision.photo_pipeline import PhotoPipeline
from edge.vision.photo_search import PhotoSearch
from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe
from tests.grey_picture import grey_picture
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013

SIZES = (48, 96, 224, 350)
SQUARES = 5
LONGEST_SIDE = 1200
Grey = NDArray[np.uint8]


def main() -> None:
    """Print both tables."""
    faces = load_fer2013(Path(sys.argv[1]))["PublicTest"]
    most = int(sys.argv[2]) if sys.argv[2:] else len(faces)
    rows = np.random.default_rng(7).permutation(len(faces))[:most]
    classifier, detector = MirrorAveragingClassifier(EmotionClassifier.load()), HaarFaceDetector()
    print(describe())
    print(f"{'':8}{'detector alone':>20}{'search of photos':>22}{'whole':>8}")
    for size in SIZES:
        _print_row(faces, rows, size, classifier, detector)
    if sys.argv[3:]:
        _print_false_finds(
            Path(sys.argv[3]), detector, PhotoPipeline(classifier, PhotoSearch.load())
        )


def _print_row(
    faces: Faces,
    rows: NDArray[np.int64],
    size: int,
    classifier: FaceClassifier,
    detector: HaarFaceDetector,
) -> None:
    pipeline = PhotoPipeline(classifier, PhotoSearch.load())
    results: list[tuple[bool, ...]] = []
    for row in rows:
        grey: Grey = cv2.resize(faces.images[row], (size, size), interpolation=cv2.INTER_CUBIC)
        boxes = detector.detect(grey)
        alone = [classify_face(classifier, grey, box) for box in boxes[:1]]
        searched, whole = pipeline.analyse(grey), [classify_crop(classifier, grey)]
        results.append(
            tuple(
                value
                for found in (alone, searched, whole)
                for value in (bool(found), _is_right(found, int(faces.labels[row])))
            )
        )
    shares = np.mean(results, axis=0)
    print(
        f"{size:4} px  found {shares[0]:5.1%} top-1 {shares[1]:5.1%}"
        f"   found {shares[2]:5.1%} top-1 {shares[3]:5.1%}  {shares[5]:5.1%}",
        flush=True,
    )


def _is_right(faces: list[ClassifiedFace], label: int) -> bool:
    return bool(faces) and faces[0].emotion == EMOTIONS[label]


def _print_false_finds(folder: Path, detector: HaarFaceDetector, pipeline: PhotoPipeline) -> None:
    pictures = [_shrunk(grey_picture(path)) for path in sorted(folder.iterdir())]
    squares = [square for picture in pictures for square in _squares(picture)]
    for name, some in (("pictures", pictures), ("squares of them", squares)):
        alone = sum(bool(detector.detect(each)) for each in some)
        searched = sum(bool(pipeline.analyse(each)) for each in some)
        print(
            f"{len(some)} {name} without a face: found in {alone} by the detector alone, "
            f"in {searched} by the search of photos"
        )


def _shrunk(grey: Grey) -> Grey:
    scale = min(1.0, LONGEST_SIDE / max(grey.shape))
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _squares(grey: Grey) -> Iterator[Grey]:
    """Squares with sides of 12 to 90 % of the picture's shorter side, at random places."""
    generator = np.random.default_rng(3)
    for _ in range(SQUARES):
        side = max(48, int(min(grey.shape) * generator.uniform(0.12, 0.9)))
        y, x = (int(generator.integers(0, most - side + 1)) for most in grey.shape)
        yield grey[y : y + side, x : x + side]


if __name__ == "__main__":
    main()
