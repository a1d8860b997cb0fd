"""Top-1 of noisy faces, with and without noise reduction, by the threshold of the noise.

`python -m tests.studies.face_noise FER2013.csv[.gz] [MODEL.tflite]` classifies the unseen faces of
PublicTest with added noise of several strengths: as they are, and with noise reduction above each
threshold. In brackets, the number of faces above it. The default model is simple_cnn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from edge.vision.noise import STRENGTH, filtered, noise_level
from tests.studies.unseen_faces import UnseenFaces
from training.evaluation.robustness import TESTS, changed

NOISE = next(test for test in TESTS if test.name.startswith("noise"))
THRESHOLDS = (8.0, 10.0, 12.0, 14.0)
STRENGTHS = (1.0, STRENGTH, 1.5)


def main() -> None:
    """Print a row for each strength of the noise and of the filter."""
    faces = UnseenFaces(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print("noise | filter | as it is | " + " | ".join(f"above {t:g}" for t in THRESHOLDS))
    for sigma in (0.0, *NOISE.strengths):
        images = changed(NOISE, sigma, faces.images) if sigma else faces.images
        levels = np.array([noise_level(image) for image in images])
        plain = faces.right(images)
        for strength in STRENGTHS:
            smooth = map(filtered, images, strength * levels)
            reduced = faces.right(np.stack(list(smooth)))
            cells = [
                f"{100 * np.where(levels >= threshold, reduced, plain).mean():.1f}% "
                f"({np.sum(levels >= threshold)})"
                for threshold in THRESHOLDS
            ]
            print(f"{sigma:g} | {strength:g} | {100 * plain.mean():.1f}% | " + " | ".join(cells))


if __name__ == "__main__":
    main()
