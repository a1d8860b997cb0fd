"""Searches of whole scenes: faces found, false faces and processor time, by step and neighbours.

`python -m tests.studies.face_scans FER2013.csv[.gz] [SCENES]`. Faces of PublicTest in synthetic
rooms, turned by up to 30 degrees, searched with the settings of `moodpi run`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2

from edge.config.settings import FacesSettings
from edge.vision.detector import HaarFaceDetector
from tests.benchmarks.machine import describe
from tests.studies.scene_faces import SceneFace, turned_heads
from training.data.fer2013_csv import load_fer2013

# The ratio of successive sizes, and the overlapping hits that make a face.
CHOICES = ((1.1, 6), (1.1, 5), (1.15, 4), (1.2, 4), (1.2, 3), (1.2, 2))


def main() -> None:
    """Print one row for each choice."""
    faces = load_fer2013(Path(sys.argv[1]))["PublicTest"]
    scenes = turned_heads(faces, int(sys.argv[2]) if sys.argv[2:] else 400)
    cv2.setNumThreads(1)
    print(describe())
    print(f"{'step':>6}{'neighbours':>12}{'found':>8}{'false':>8}{'ms':>8}")
    for scale_factor, min_neighbours in CHOICES:
        print_row(scenes, scale_factor, min_neighbours)


def print_row(scenes: list[SceneFace], scale_factor: float, min_neighbours: int) -> None:
    """Search every scene."""
    settings = FacesSettings()
    detector = HaarFaceDetector(
        settings.longest_side, settings.min_face_size, min_neighbours, scale_factor
    )
    found = false = 0
    begun = time.process_time()
    for scene in scenes:
        boxes = detector.detect(scene.picture)
        right = sum(scene.is_at(box) for box in boxes)
        found += right > 0
        false += len(boxes) - right
    milliseconds = 1e3 * (time.process_time() - begun) / len(scenes)
    print(
        f"{scale_factor:>6}{min_neighbours:>12}{found / len(scenes):>8.1%}"
        f"{false:>8}{milliseconds:>8.1f}"
    )


if __name__ == "__main__":
    main()
