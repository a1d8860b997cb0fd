"""Labelled faces and their splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from training.data.split_names import TRAINING

SIDE = 48


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
