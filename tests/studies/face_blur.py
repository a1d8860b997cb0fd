"""Top-1 of blurred faces, as they are and sharpened, by the strength of the sharpening.

`python -m tests.studies.face_blur FER2013.csv[.gz] [MODEL.tflite]` classifies the unseen faces of
PublicTest with a blur, with few pixels, with noise, and with the noise of a camera after a blur.
Faces with less sharpness than each threshold are sharpened by each factor, after their contrast and
noise are corrected. In brackets, the number of faces below the threshold. The default model is
simple_cnn.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from edge.vision.contrast import restore_contrast
from edge.vision.noise import reduce_noise
from edge.vision.sharpness import MIN_SHARPNESS, STRENGTH, restore_sharpness, sharpness
from tests.studies.unseen_faces import UnseenFaces
from training.evaluation.robustness import TESTS, FaceImages, changed

# A threshold and a factor each.
RULES = ((0.3, STRENGTH), (MIN_SHARPNESS, 5.0), (MIN_SHARPNESS, STRENGTH), (MIN_SHARPNESS, 15.0))
BLUR, FEW_PIXELS, NOISE = (
    next(test for test in TESTS if test.name.startswith(name))
    for name in ("blur", "few pixels", "noise")
)
# The standard deviations of the blur, in pixels of a crop, and of the noise, in grey levels.
BLURRED_AND_NOISY = ((1.5, 2.0), (1.5, 4.0), (2.0, 2.0), (2.0, 4.0))


def main() -> None:
    """Print a row for each change."""
    faces = UnseenFaces(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    rules = (f"{factor:g} below {least:g}" for least, factor in RULES)
    print("change | as it is | " + " | ".join(rules))
    _print("none", faces, faces.images)
    for test in (BLUR, FEW_PIXELS, NOISE):
        for strength in test.strengths:
            _print(f"{test.name} {strength:g}", faces, changed(test, strength, faces.images))
    for blur, noise in BLURRED_AND_NOISY:
        images = changed(NOISE, noise, changed(BLUR, blur, faces.images))
        _print(f"blur {blur:g}, then noise {noise:g}", faces, images)


def _print(name: str, faces: UnseenFaces, images: FaceImages) -> None:
    corrected = np.stack([reduce_noise(restore_contrast(image)) for image in images])
    levels = np.array([sharpness(image) for image in corrected])
    plain = faces.right(corrected)
    cells = [f"{100 * plain.mean():.1f}%"]
    for least, factor in RULES:
        below = levels < least
        right = plain.copy()
        sharpened = [restore_sharpness(image, least, factor) for image in corrected[below]]
        if sharpened:
            right[below] = faces.right(np.stack(sharpened), below)
        cells.append(f"{100 * right.mean():.1f}% ({below.sum()})")
    print(f"{name} | " + " | ".join(cells), flush=True)


if __name__ == "__main__":
    main()
