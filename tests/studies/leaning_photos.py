"""Photos of heads that turn or lean: how many are found, and how many are classified correctly.

`python -m tests.studies.leaning_photos FER2013.csv[.gz] [FACES]` (default: 500) shows unseen
faces of PublicTest in scenes (tests/studies/scene_faces.py). Each is found by the detector alone
and by the search of photos, and classified with its mirror image in three crops. A face counts as
correct if the first face found is the one in the scene and has its label.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edge.vision.boxes import Box
from edge.vision.classifier import EmotionClassifier, FaceClassifier
from edge.vision.crop import crops_of_face
from edge.vision.detector import HaarFaceDetector
from edge.vision.mirror import MirrorAveragingClassifier
from edge.vision.photo_search import FoundFace, PhotoSearch, turn_back
from tests.benchmarks.machine import describe
from tests.studies.scene_faces import SCENE, SceneFace, leaning_heads, turned_heads
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013


def main() -> None:
    """Print a table for heads that turn, and one for those that lean."""
    splits = load_fer2013(Path(sys.argv[1]))
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    most = int(sys.argv[2]) if sys.argv[2:] else 500
    classifier = MirrorAveragingClassifier(EmotionClassifier.load())
    print(describe(), flush=True)
    for kind, scenes in (("turn", turned_heads(faces, most)), ("lean", leaning_heads(faces, most))):
        print(f"heads that {kind}:")
        _print_table(scenes, faces, classifier)


def _print_table(scenes: Sequence[SceneFace], faces: Faces, classifier: FaceClassifier) -> None:
    detector, search = HaarFaceDetector(), PhotoSearch.load()
    alone: list[tuple[Box, float] | None] = []
    searched: list[tuple[Box, float] | None] = []
    for scene in scenes:
        boxes, found = detector.detect(scene.picture), search.find(scene.picture)
        alone.append((boxes[0], 0.0) if boxes else None)
        searched.append((_upright_box(found[0]), found[0].detection.roll) if found else None)
    level = [each and (each[0], 0.0) for each in searched]
    for name, answers in (
        ("detector alone", alone),
        ("search of photos", searched),
        ("the same, not turned upright", level),
    ):
        _print_row(name, scenes, answers, faces, classifier)


def _upright_box(face: FoundFace) -> Box:
    """The position of the face in the scene as it is."""
    return turn_back(face.box, face.search.turn, (SCENE, SCENE))


def _print_row(
    name: str,
    scenes: Sequence[SceneFace],
    answers: Sequence[tuple[Box, float] | None],
    faces: Faces,
    classifier: FaceClassifier,
) -> None:
    found, elsewhere, right = 0, 0, 0
    for scene, answer in zip(scenes, answers, strict=True):
        if answer is None:
            continue
        if not scene.is_at(answer[0]):
            elsewhere += 1
            continue
        found += 1
        crops = crops_of_face(scene.picture, *answer)
        mean = np.mean([classifier.classify(crop) for crop in crops], axis=0)
        right += int(mean.argmax() == faces.labels[scene.row])
    shares = [count / len(scenes) for count in (found, elsewhere, right)]
    print(
        f"  {name:<30}found {shares[0]:5.1%}  something else {shares[1]:4.1%}"
        f"  top-1 {shares[2]:5.1%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
