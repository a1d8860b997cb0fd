"""The representative dataset: which real faces tell the quantizer what values to expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.dataset import Faces

FACES_PER_EMOTION = 100
SEED = 1


def representative_faces(
    training: Faces, per_emotion: int = FACES_PER_EMOTION, seed: int = SEED
) -> NDArray[np.uint8]:
    """Faces uint8 [n, 48, 48, 1], as many of each emotion (or all there are), always the same ones.

    The first is stretched to hold a 0 and a 255: only then does the converter give the input a
    scale of exactly 1, whatever the others contain.
    """
    random = np.random.default_rng(seed)
    chosen: list[int] = []
    for label, emotion in enumerate(EMOTIONS):
        rows = np.flatnonzero(training.labels == label)
        if not len(rows):
            raise MoodpiError(f"no {emotion} among the training faces: calibration needs all seven")
        chosen.extend(random.choice(rows, min(per_emotion, len(rows)), replace=False))
    faces = training.images[chosen].copy()
    faces[0] = _stretched(faces[0])
    return faces[..., None]


def _stretched(face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The face from 0 at its darkest to 255 at its brightest; a flat one gets a corner each."""
    darkest, span = int(face.min()), int(face.max()) - int(face.min())
    if span:
        return np.rint((face.astype(np.float32) - darkest) * (255 / span)).astype(np.uint8)
    flat = face.copy()
    flat[0, 0], flat[-1, -1] = 0, 255
    return flat
