"""Duplicate images: in Training and in other splits, and with contradicting labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.data.faces import Faces, Splits, image_bytes
from training.data.split_names import TRAINING


@dataclass(frozen=True)
class Contradiction:
    """Copies of one image of Training that have different labels.

    Attributes:
        rows: Their rows in Training, from 0.
        labels: Their different labels, indices into EMOTIONS.
        decision: The label with the most votes of FER+; None if no label has more than the others.

    """

    rows: tuple[int, ...]
    labels: tuple[int, ...]
    decision: int | None

    def __str__(self) -> str:
        rows = ", ".join(str(row) for row in self.rows)
        labels = " or ".join(EMOTIONS[label] for label in self.labels)
        result = (
            "left out" if self.decision is None else f"{EMOTIONS[self.decision]}, by FER+'s votes"
        )
        return f"Training faces {rows}: {labels}: {result}"


def unseen_rows(splits: Splits, usage: str) -> NDArray[np.bool_]:
    """Whether each face of a split is not in Training too, bool [n]; all True for Training.

    Raises MoodpiError if no face is unseen.
    """
    faces = splits[usage]
    if usage == TRAINING or TRAINING not in splits:
        return np.ones(len(faces), bool)
    training = set(image_bytes(splits[TRAINING]))
    unseen = np.array([image not in training for image in image_bytes(faces)], bool)
    if not unseen.any():
        raise MoodpiError(
            f"all {len(faces)} faces of {usage} are in {TRAINING} too: expected faces that are not",
            code="no_unseen_faces",
        )
    return unseen


def without_duplicates(splits: Splits) -> tuple[dict[str, Faces], list[Contradiction]]:
    """The splits with one copy of every image, and the contradictions in Training.

    Within a split the first copy remains. Images of other splits are removed from Training. An
    image of Training with contradicting labels gets the one with the most FER+ votes, or is left
    out if these do not decide.

    Raises MoodpiError if no face of Training remains.
    """
    unique = {
        usage: faces.rows(np.array([rows[0] for rows in _copies(faces)], np.int64))
        for usage, faces in splits.items()
        if usage != TRAINING
    }
    if TRAINING not in splits:
        return unique, []
    elsewhere = {image for faces in unique.values() for image in image_bytes(faces)}
    training, contradictions = _training_without_duplicates(splits[TRAINING], elsewhere)
    return {TRAINING: training, **unique}, contradictions


def _training_without_duplicates(
    faces: Faces, elsewhere: set[bytes]
) -> tuple[Faces, list[Contradiction]]:
    images = image_bytes(faces)
    labels = faces.labels.copy()
    chosen, contradictions = [], []
    for rows in _copies(faces):
        if images[rows[0]] in elsewhere:
            continue
        different = tuple(sorted({int(label) for label in faces.labels[rows]}))
        if len(different) > 1:
            decision = _most_voted(different, faces.votes[rows].sum(axis=0))
            contradictions.append(Contradiction(tuple(rows), different, decision))
            if decision is None:
                continue
            labels[rows[0]] = decision
        chosen.append(rows[0])
    if not chosen:
        raise MoodpiError(
            f"none of the {len(faces)} faces of {TRAINING} remains: each is in another split too, "
            "or has contradicting labels; provide others, or add --keep-duplicates",
            code="no_faces",
        )
    return replace(faces, labels=labels).rows(np.array(chosen, np.int64)), contradictions


def _copies(faces: Faces) -> list[list[int]]:
    """The rows of each different image, in the order of the first copies."""
    rows: dict[bytes, list[int]] = {}
    for row, image in enumerate(image_bytes(faces)):
        rows.setdefault(image, []).append(row)
    return list(rows.values())


def _most_voted(labels: Sequence[int], votes: NDArray[np.float32]) -> int | None:
    """The label with the most votes; None if two have as many."""
    first, second = sorted(labels, key=lambda label: -votes[label])[:2]
    return first if votes[first] > votes[second] else None
