"""Faces of one grey value each."""

from __future__ import annotations

import numpy as np

from models.emotions import EMOTIONS
from training.data.faces import Faces


def grey_faces(*values: int, labels: str = "", votes: str = "") -> Faces:
    """One face per value.

    labels: one emotion per face, separated by spaces; happy without it.
    votes: the emotion of all votes for each face, `-` for no votes; none without it.
    """
    images = np.array(values, np.uint8)[:, None, None].repeat(48, 1).repeat(48, 2)
    names = labels.split() or ["happy"] * len(values)
    shares = np.zeros((len(values), len(EMOTIONS)), np.float32)
    for row, name in enumerate(votes.split()):
        if name != "-":
            shares[row, EMOTIONS.index(name)] = 1
    return Faces(images, np.array([EMOTIONS.index(name) for name in names]), shares)
