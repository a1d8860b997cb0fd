"""Where the eyes are in FER2013's faces and in the detector's boxes on photos.

`python -m tests.studies.eye_positions FER2013.csv[.gz] FOLDER...` searches the eyes with OpenCV's
cascade in 1,000 faces of PublicTest and in the faces of the JPEG photos of each folder, cropped
with several margins. The best margin puts the eyes where FER2013 has them. No labels are needed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.detector import HaarFaceDetector
from tests.grey_picture import grey_picture
from tests.studies.face_crops import cut
from training.data.fer2013_csv import load_fer2013

Grey = NDArray[np.uint8]
FACES = 1000
MARGINS = (-0.05, 0.0, 0.05)
# The side at which the eyes are searched, and the range of their side then.
SIDE, EYE_SIDES = 192, (24, 70)
# Hits below this share of the face are not eyes; nor are two that differ more in height.
LOWEST, MOST_SLOPE = 0.6, 0.12


def main() -> None:
    """Print a row for FER2013, and one for each folder and margin."""
    eyes = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_eye.xml"))
    faces = load_fer2013(Path(sys.argv[1]))["PublicTest"].images[:FACES]
    _print("FER2013", [_eyes(eyes, face) for face in faces])
    detector = HaarFaceDetector()
    for folder in sys.argv[2:]:
        photos = [grey_picture(path) for path in sorted(Path(folder).glob("*.jpg"))]
        found = [(photo, box) for photo in photos for box in detector.detect(photo)]
        for margin in MARGINS:
            crops = [cut(photo, box, margin) for photo, box in found]
            _print(f"{folder}, margin {margin:+.0%}", [_eyes(eyes, crop) for crop in crops])


def _eyes(cascade: cv2.CascadeClassifier, face: Grey) -> tuple[float, float, float] | None:
    """The middle of the eyes, x and y, and their distance, in shares of the side of a face."""
    large = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    least, most = EYE_SIDES
    hits = cascade.detectMultiScale(
        cv2.equalizeHist(large), 1.05, 4, minSize=(least, least), maxSize=(most, most)
    )
    middles = [((x + w / 2) / SIDE, (y + h / 2) / SIDE) for x, y, w, h in hits]
    left = [each for each in middles if each[0] < 0.5 and each[1] < LOWEST]
    right = [each for each in middles if each[0] >= 0.5 and each[1] < LOWEST]
    if len(left) != 1 or len(right) != 1 or abs(left[0][1] - right[0][1]) > MOST_SLOPE:
        return None
    (ax, ay), (bx, by) = left[0], right[0]
    return (ax + bx) / 2, (ay + by) / 2, float(np.hypot(bx - ax, by - ay))


def _print(name: str, results: Iterable[tuple[float, float, float] | None]) -> None:
    every = list(results)
    found = np.array([each for each in every if each])
    medians = np.median(found, axis=0)
    errors = 1.25 * found.std(axis=0) / np.sqrt(len(found))
    x, y, apart = (f"{m:.3f} +- {1.96 * e:.3f}" for m, e in zip(medians, errors, strict=True))
    print(f"{name}: eyes in {len(found)} of {len(every)} faces, x {x}, y {y}, distance {apart}")


if __name__ == "__main__":
    main()
