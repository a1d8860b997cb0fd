"""Top-1 of dark and dull faces, with and without restored contrast, by the least contrast.

`python -m tests.studies.face_contrast FER2013.csv[.gz] [MODEL.tflite]` classifies the unseen faces
of PublicTest in the dark, with low contrast, and in the dark with the noise of a camera. Noise is
always reduced: after the contrast is restored, and in the last column before. The default model is
simple_cnn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from edge.vision.contrast import MIN_CONTRAST, contrast, restore_contrast
from edge.vision.noise import reduce_noise
from tests.studies.unseen_faces import UnseenFaces
from training.evaluation.robustness import TESTS, FaceImages, changed

LEAST = (30.0, 35.0, MIN_CONTRAST, 45.0, 50.0, 60.0)
DARKNESS, LOW_CONTRAST, NOISE = (
    next(test for test in TESTS if test.name.startswith(name))
    for name in ("darkness", "low contrast", "noise")
)
# Darkness as a factor, and the standard deviation of the noise in grey levels.
DARK_AND_NOISY = ((0.5, 5.0), (0.35, 5.0), (0.25, 3.0), (0.25, 5.0), (0.15, 3.0))


def main() -> None:
    """Print a row for each change."""
    faces = UnseenFaces(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    names = (f"at least {least:g}" for least in LEAST)
    print(
        f"change | faces below {MIN_CONTRAST:g} | as it is | "
        + " | ".join(names)
        + " | noise first"
    )
    _print("none", faces, faces.images)
    for test in (DARKNESS, LOW_CONTRAST):
        for strength in (*test.strengths, 0.05):
            _print(f"{test.name} {strength:g}", faces, changed(test, strength, faces.images))
    for darkness, noise in DARK_AND_NOISY:
        images = changed(NOISE, noise, changed(DARKNESS, darkness, faces.images))
        _print(f"darkness {darkness:g}, then noise {noise:g}", faces, images)


def _print(name: str, faces: UnseenFaces, images: FaceImages) -> None:
    noise_reduced = list(map(reduce_noise, images))
    versions = [
        noise_reduced,
        *([reduce_noise(restore_contrast(image, least)) for image in images] for least in LEAST),
        [restore_contrast(image) for image in noise_reduced],
    ]
    below = sum(contrast(image) < MIN_CONTRAST for image in images)
    cells = (f"{100 * faces.right(np.stack(version)).mean():.1f}%" for version in versions)
    print(f"{name} | {below} | " + " | ".join(cells), flush=True)


if __name__ == "__main__":
    main()
