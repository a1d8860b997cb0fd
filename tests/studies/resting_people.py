"""Simulated people: a resting face, and expressions that now and then interrupt it.

The faces are FER2013's unseen PublicTest with FER+'s votes, in three parts that share nobody. The
resting faces are labelled neutral, and most taggers agree. A misread one is taken by the model for
sad, angry or fear. The expressions are those of other people, which is harder than real life:
their faces do not share the resting face's bias.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.mood.log_probabilities import log_probabilities
from edge.vision.classifier import EmotionClassifier, FaceClassifier
from edge.vision.mirror import MirroredClassifier
from models.emotions import EMOTIONS
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013

PARTS = 3
RATE = 5
# Emotions that a resting face is mistaken for, and those that people show.
MISREAD = ("sad", "angry", "fear")
SHOWN = ("happy", "sad", "surprise", "angry", "fear")
# Seconds of looks: to calibrate with, of the resting face, of an expression.
CALIBRATING, RESTING, SHOWING = 10.0, 24.0, 12.0
# The most people of each kind, and the most faces of an expression.
PEOPLE, EXPRESSIONS = 26, 24

Look = NDArray[np.float32]
"""Probabilities [7]."""


@dataclass(frozen=True, eq=False)
class Person:
    """calibration: what the camera sees while they calibrate. rest: at other times."""

    calibration: list[Look]
    rest: list[Look]

    @property
    def reading(self) -> str:
        """What the model takes the resting face for."""
        means = np.mean([log_probabilities(look) for look in self.calibration], axis=0)
        return EMOTIONS[int(means.argmax())]


@dataclass(frozen=True, eq=False)
class Part:
    """misread, neutral: people by what the model takes their resting faces for. expressions: the
    looks of faces by emotion.
    """

    misread: list[Person]
    neutral: list[Person]
    expressions: dict[str, list[list[Look]]]


def load_part(fer2013: Path, votes: Path, part: int) -> Part:
    """The people and the expressions of one part of the faces, 0 to 2."""
    splits = load_fer2013(fer2013, votes)
    faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
    classifier = EmotionClassifier.load()
    misread: list[Person] = []
    neutral: list[Person] = []
    for face in _faces(faces, "neutral", part):
        if len(misread) >= PEOPLE and len(neutral) >= PEOPLE:
            break
        calibration = looks(classifier, face, CALIBRATING, seed=1)
        person = Person(calibration, [])
        group = misread if person.reading in MISREAD else neutral
        if person.reading in (*MISREAD, "neutral") and len(group) < PEOPLE:
            group.append(Person(calibration, looks(classifier, face, RESTING, seed=2)))
    expressions = {
        emotion: [
            looks(classifier, face, SHOWING, seed=3)
            for face in islice(_faces(faces, emotion, part), EXPRESSIONS)
        ]
        for emotion in SHOWN
    }
    return Part(misread, neutral, expressions)


def looks(
    classifier: FaceClassifier, face: NDArray[np.uint8], seconds: float, seed: int
) -> list[Look]:
    """How the model reads a face that moves a little, RATE times a second.

    As in the daemon, every other look is at the mirror image.
    """
    random = np.random.default_rng(seed)
    phases = random.uniform(0, 2 * np.pi, 5)
    classifiers = cycle((classifier, MirroredClassifier(classifier)))
    times = np.arange(0, seconds, 1 / RATE)
    return [next(classifiers).classify(_moved(face, phases, time, random)) for time in times]


def _moved(
    face: NDArray[np.uint8], phases: NDArray[np.float64], time: float, random: np.random.Generator
) -> NDArray[np.uint8]:
    """The face at a moment: a little turned, nearer, beside the box, in other light, with noise."""
    a, b, c, d, e = phases
    side = face.shape[0]
    matrix: NDArray[Any] = cv2.getRotationMatrix2D(
        (side / 2, side / 2), 7 * np.sin(time / 3 + a), 1 + 0.05 * np.sin(time / 2 + b)
    )
    matrix[:, 2] += 2 * np.sin(time / 1.7 + c), 2 * np.sin(time / 1.3 + d)
    moved = cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    lit = moved * (1 + 0.25 * np.sin(time / 9 + e)) + random.normal(0, 4, moved.shape)
    return np.clip(lit, 0, 255).astype(np.uint8)


def _faces(faces: Faces, emotion: str, part: int) -> Iterator[NDArray[np.uint8]]:
    """The faces of an emotion in one part, on which most taggers agree with the label."""
    label = EMOTIONS.index(emotion)
    agreed = (faces.labels == label) & (faces.votes.argmax(axis=1) == label)
    yield from faces.images[
        np.random.default_rng(3).permutation(np.flatnonzero(agreed))[part::PARTS]
    ]
