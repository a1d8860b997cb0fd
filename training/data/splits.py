"""The splits of a data set: which one a command uses, and one for validation if there is none."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from moodpi.errors import MoodpiError
from training.data.faces import Faces, Splits
from training.data.split_names import TRAINING, VALIDATION_SPLITS

log = logging.getLogger(__name__)

VALIDATION_SHARE = 0.1


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


def with_validation_split(splits: Splits, path: Path, seed: int = 1) -> dict[str, Faces]:
    """The splits. Without one for validation, faces of Training are held out for it.

    These are a tenth of each emotion, at least one of two; a message states it. Raises MoodpiError
    if no emotion has two faces in Training.
    """
    if TRAINING not in splits or any(usage in splits for usage in VALIDATION_SPLITS):
        return dict(splits)
    training = splits[TRAINING]
    random = np.random.default_rng(seed)
    held_out = np.zeros(len(training), bool)
    for label in np.unique(training.labels):
        rows = random.permutation(np.flatnonzero(training.labels == label))
        share = max(1, round(len(rows) * VALIDATION_SHARE)) if len(rows) > 1 else 0
        held_out[rows[:share]] = True
    if not held_out.any():
        raise MoodpiError(
            f"{path} has {len(training)} faces in {TRAINING}, no two of one emotion: expected at "
            "least two of an emotion, one of them for validation: provide more faces",
            code="too_few_faces",
        )
    log.info(
        "%s has no split for validation: %d of the %d faces of %s are held out for it",
        path,
        held_out.sum(),
        len(training),
        TRAINING,
    )
    others = {usage: faces for usage, faces in splits.items() if usage != TRAINING}
    return {
        TRAINING: training.rows(~held_out),
        VALIDATION_SPLITS[1]: training.rows(held_out),
        **others,
    }


def evaluation_split(splits: Splits, usage: str | None, path: Path) -> tuple[str, dict[str, Faces]]:
    """The name of the split to evaluate on, and the splits, of which it is one.

    splits: As the data has them. usage: The name that the user chose.

    Without a choice it is the only split of the data, which a message states, or else the one for
    validation. Raises MoodpiError if the data has no such split.
    """
    if usage is None and len(splits) == 1:
        (usage,) = splits
        log.info(
            "%s has one split, %s: all of it is used, %d faces", path, usage, len(splits[usage])
        )
    if usage is None or usage not in splits:
        splits = with_validation_split(splits, path)
    name = usage or validation_split(splits, path)[0]
    require_split(splits, name, path)
    return name, dict(splits)
