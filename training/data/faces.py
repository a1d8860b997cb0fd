"""Labelled faces, their splits, and what can be said of them."""

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
# What a model is chosen by, the first that there is: FER2013's own, or a tenth cut off Training.
VALIDATION = ("PublicTest", "Validation")
VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Faces:
    """Labelled faces of one split.

    images: uint8 [n, 48, 48], grey 0..255.
    labels: int64 [n], indices into EMOTIONS.
    votes: float32 [n, 7], the share of FER+ taggers per emotion; all zero where there are none.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    votes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Faces:
        """Some of the faces: a mask [n] or indices."""
        return Faces(self.images[chosen], self.labels[chosen], self.votes[chosen])


Splits = Mapping[str, Faces]


def split_of(splits: Splits, usage: str, path: Path) -> Faces:
    """The faces of one split, or a MoodpiError that says which splits the data has."""
    if usage not in splits:
        raise MoodpiError(f"{path} has no {usage} faces: it has {', '.join(splits)}")
    return splits[usage]


def validation_of(splits: Splits, path: Path) -> tuple[str, Faces]:
    """The split that a model is chosen by, and its name."""
    name = next((usage for usage in VALIDATION if usage in splits), VALIDATION[0])
    return name, split_of(splits, name, path)


def with_validation(splits: Splits, seed: int = 1) -> dict[str, Faces]:
    """The splits; where none is for validation, a tenth of each emotion of Training becomes it."""
    if TRAINING not in splits or any(usage in splits for usage in VALIDATION):
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
        VALIDATION[1]: training.rows(held_out),
        **others,
    }


def without_duplicates(splits: Splits) -> dict[str, Faces]:
    """Every picture once: within a split its first face stays, between splits not Training's."""
    elsewhere = {
        picture
        for usage, faces in splits.items()
        if usage != TRAINING
        for picture in _pictures(faces)
    }
    kept = {}
    for usage, faces in splits.items():
        seen = set(elsewhere) if usage == TRAINING else set()
        fresh = []
        for picture in _pictures(faces):
            fresh.append(picture not in seen)
            seen.add(picture)
        kept[usage] = faces.rows(np.array(fresh, bool))
    return kept


def summary(splits: Splits) -> list[str]:
    """Lines that say how many faces of each emotion each split has, and which pictures repeat."""
    lines = [f"{'':<12}{'faces':>7}" + "".join(f"{emotion:>10}" for emotion in EMOTIONS)]
    for usage, faces in splits.items():
        counts = np.bincount(faces.labels, minlength=len(EMOTIONS))
        lines.append(f"{usage:<12}{len(faces):>7}" + "".join(f"{count:>10}" for count in counts))
    pictures = {usage: Counter(_pictures(faces)) for usage, faces in splits.items()}
    within = {usage: found.total() - len(found) for usage, found in pictures.items()}
    told = [f"{count} in {usage}" for usage, count in within.items() if count]
    if told:
        lines.append(f"pictures that repeat: {', '.join(told)}")
    if TRAINING in pictures:
        shared = {
            usage: len(pictures[TRAINING].keys() & found.keys())
            for usage, found in pictures.items()
            if usage != TRAINING
        }
        lines += [
            f"pictures of {usage} that are also in {TRAINING}: {count}"
            for usage, count in shared.items()
            if count
        ]
    return lines


def _pictures(faces: Faces) -> list[bytes]:
    return [image.tobytes() for image in faces.images]
