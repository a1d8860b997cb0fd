"""Top-1 of noisy faces, with and without noise reduction, by the threshold of the noise.

`python -m tests.studies.face_noise FER2013.csv[.gz] [MODEL.tflite]` classifies the unseen faces of
PublicTest with added noise of several strengths: as they are, and with noise reduction above each
threshold. In brackets, the number of faces above it. The default model is simple_cnn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.runtimes import load_runtime
from edge.vision.noise import STRENGTH, filtered, noise_level
from models.registry import MODELS_FOLDER
from training.data.duplicates import unseen_rows
from training.data.loading import load_faces
from training.evaluation.robustness import TESTS, changed

NOISE = next(test for test in TESTS if test.name.startswith("noise"))
THRESHOLDS = (8.0, 10.0, 12.0, 14.0)
STRENGTHS = (1.0, STRENGTH, 1.5)


def main() -> None:
    """Print a row for each strength of the noise and of the filter."""
    model = Path(sys.argv[2]) if len(sys.argv) > 2 else MODELS_FOLDER / "simple_cnn/int8.tflite"
    runtime = load_runtime(model)
    splits = load_faces(Path(sys.argv[1]))
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))

    def right(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
        found = [runtime.infer(image[None, ..., None]).argmax() for image in images]
        return np.array(found) == faces.labels

    print("noise | filter | as it is | " + " | ".join(f"above {t:g}" for t in THRESHOLDS))
    for sigma in (0.0, *NOISE.strengths):
        images = changed(NOISE, sigma, faces.images) if sigma else faces.images
        levels = np.array([noise_level(image) for image in images])
        plain = right(images)
        for strength in STRENGTHS:
            smooth = map(filtered, images, strength * levels)
            reduced = right(np.stack(list(smooth)))
            cells = [
                f"{100 * np.where(levels >= threshold, reduced, plain).mean():.1f}% "
                f"({np.sum(levels >= threshold)})"
                for threshold in THRESHOLDS
            ]
            print(f"{sigma:g} | {strength:g} | {100 * plain.mean():.1f}% | " + " | ".join(cells))


if __name__ == "__main__":
    main()
