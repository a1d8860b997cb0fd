"""Labelled faces and their splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError

SIDE = 48
TRAINING = "Training"
# The splits that choose the best epoch, by preference: FER2013's, or one made from Training.
VALIDATION_SPLITS = ("PublicTest", "Validation")
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Faces:
    """The labelled faces of one split.

    Attributes:
        images: uint8 [n, 48, 48], grey 0..255.
        labels: int64 [n], indices into EMOTIONS.
        votes: float32 [n, 7], the share of the FER+ taggers per emotion; zeros without votes.

    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Faces:
        """The faces that a mask [n] or indices choose."""
        return Faces(self.images[chosen], self.labels[chosen], self.votes[chosen])


Splits = Mapping[str, Faces]


@dataclass(frozen=True)
class EvaluationFaces:
    """The faces of an evaluation.

    Attributes:
        split: The name of their split.
        unseen: The faces that are not in Training too. Every headline figure is of these.
        all: All faces of the split, on which papers report.

    """

    split: str
    unseen: Faces
    all: Faces


def require_split(splits: Splits, usage: str, path: Path) -> Faces:
    """The faces of one split. Raises MoodpiError if the data has no such split."""
    if usage not in splits:
        raise MoodpiError(
            f"{path} has no split {usage}: expected one of {', '.join(splits)}",
            code="no_such_split",
        )
    return splits[usage]


def validation_split(splits: Splits, path: Path) -> tuple[str, Faces]:
    """The name and the faces of the split that chooses the best epoch."""
    name = next((usage for usage in VALIDATION_SPLITS if usage in splits), VALIDATION_SPLITS[0])
    return name, require_split(splits, name, path)


def with_validation_split(splits: Splits, seed: int = 1) -> dict[str, Faces]:
    """The splits. Without one for validation, a tenth of each emotion of Training becomes it."""
    if TRAINING not in splits or any(usage in splits for usage in VALIDATION_SPLITS):
        return dict(splits)
    training = splits[TRAINING]
    random = np.random.default_rng(seed)
    held_out = np.zeros(len(training), bool)
    for label in np.unique(training.labels):
        rows = random.permutation(np.flatnonzero(training.labels == label))
        held_out[rows[: round(len(rows) * VALIDATION_SHARE)]] = True
    others = {usage: faces for usage, faces in splits.items() if usage != TRAINING}
    return {
        TRAINING: training.rows(~held_out),
        VALIDATION_SPLITS[1]: training.rows(held_out),
        **others,
    }


def summary_lines(splits: Splits) -> list[str]:
    """Lines of text: the faces per emotion and split, and the number of duplicate images."""
    lines = [f"{'':<12}{'faces':>7}" + "".join(f"{emotion:>10}" for emotion in EMOTIONS)]
    for usage, faces in splits.items():
        counts = np.bincount(faces.labels, minlength=len(EMOTIONS))
        lines.append(f"{usage:<12}{len(faces):>7}" + "".join(f"{count:>10}" for count in counts))
    images = {usage: Counter(image_bytes(faces)) for usage, faces in splits.items()}
    duplicates = {usage: counts.total() - len(counts) for usage, counts in images.items()}
    counted = [f"{count} in {usage}" for usage, count in duplicates.items() if count]
    if counted:
        lines.append(f"duplicate images: {', '.join(counted)}")
    if TRAINING in images:
        shared = {
            usage: len(images[TRAINING].keys() & counts.keys())
            for usage, counts in images.items()
            if usage != TRAINING
        }
        lines += [
            f"images of {usage} that are also in {TRAINING}: {count}"
            for usage, count in shared.items()
            if count
        ]
    return lines


def image_bytes(faces: Faces) -> list[bytes]:
    """The content of each image, which equal images share."""
    return [image.tobytes() for image in faces.images]
