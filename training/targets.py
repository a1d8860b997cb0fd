"""Soft targets: what the model learns to predict for each face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from training.config import TrainingConfig
from training.data.faces import Faces


def soft_targets(faces: Faces, config: TrainingConfig) -> NDArray[np.float32]:
    """Target distributions [n, 7], float32.

    The one-hot FER2013 label is mixed with the FER+ votes (`votes_share`) for faces that have any,
    then label smoothing is applied.
    """
    classes = len(EMOTIONS)
    labels = np.eye(classes, dtype=np.float32)[faces.labels]
    share = config.votes_share * (faces.votes.sum(axis=1, keepdims=True) > 0)
    mixed = labels * (1 - share) + faces.votes * share
    smoothed = mixed * (1 - config.label_smoothing) + config.label_smoothing / classes
    return smoothed.astype(np.float32)
