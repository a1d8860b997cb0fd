"""How the looks at several people are best combined into one.

`python -m tests.studies.household FER2013.csv[.gz] FERPLUS_VOTES.csv`. Households of two and three
faces of FER2013's PublicTest, a third of them with the same label, others random. The truth of a
household is the mean of what FER+'s taggers saw in each face. In a second round, half of the looks
are poor: small, dark and noisy. Prints how far the combined probabilities are from the truth (sum
of the absolute differences), the cross entropy, and how often the most probable emotion is right
where all have the same label.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.classifier import EmotionClassifier
from edge.vision.look_weight import certainty, household_weight
from training.data.fer2013_csv import load_fer2013

Array = NDArray[np.float64]
HOUSEHOLDS, SEED = 10_000, 5
SMALLEST = 1e-4


def equal(each: Array) -> float:  # noqa: ARG001
    """Every look counts the same."""
    return 1.0


def confidence(each: Array) -> float:
    """The probability of the most probable emotion."""
    return float(each.max())


WEIGHTS: tuple[Callable[[Array], float], ...] = (equal, confidence, certainty, household_weight)


def main() -> None:
    """Print a row for each number of people and weight."""
    faces = load_fer2013(Path(sys.argv[1]), Path(sys.argv[2]))["PublicTest"]
    rows = np.flatnonzero(faces.votes.sum(axis=1) > 0)
    votes = faces.votes[rows] / faces.votes[rows].sum(axis=1, keepdims=True)
    labels = faces.labels[rows]
    classifier = EmotionClassifier.load()
    random = np.random.default_rng(SEED)
    clear = _looks(classifier, faces.images[rows])
    poor = _looks(classifier, np.array([_poor(random, face) for face in faces.images[rows]]))
    for share in (0.0, 0.5):
        for people in (2, 3):
            members = _households(random, labels, people)
            is_poor = random.random(members.shape) < share
            looks = np.where(is_poor[..., None], poor[members], clear[members])
            for line in _rows(looks, votes[members], labels[members]):
                print(f"{people} people, {share:.0%} poor looks, {line}", flush=True)


def _rows(looks: Array, votes: Array, labels: NDArray[np.int64]) -> Iterator[str]:
    """A row for each weight. looks, votes: [households, people, 7]; labels: two axes of them."""
    truth = votes.mean(axis=1)
    same = (labels == labels[:, :1]).all(axis=1)
    for weight in WEIGHTS:
        weights = np.array([[weight(look) for look in household] for household in looks])
        pooled = (looks * weights[..., None]).sum(axis=1) / weights.sum(axis=1)[:, None]
        entropy = -(truth * np.log(np.maximum(pooled, SMALLEST))).sum(axis=1).mean()
        right = (pooled[same].argmax(axis=1) == labels[same, 0]).mean()
        yield (
            f"{weight.__name__}: difference {np.abs(pooled - truth).sum(axis=1).mean():.4f}, "
            f"cross entropy {entropy:.4f}, same label {right:.2%} of {same.sum():,}"
        )


def _looks(classifier: EmotionClassifier, faces: NDArray[np.uint8]) -> Array:
    return np.array([classifier.classify(face) for face in faces], np.float64)


def _poor(random: np.random.Generator, face: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A face of 12 to 20 pixels, up to half as bright, with noise."""
    side = int(random.integers(12, 21))
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_LINEAR)
    noisy = large * random.uniform(0.5, 1) + random.normal(0, 5, face.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _households(
    random: np.random.Generator, labels: NDArray[np.int64], people: int
) -> NDArray[np.int64]:
    """The rows of the members of each household, [HOUSEHOLDS, people]."""
    members = random.integers(0, len(labels), (HOUSEHOLDS, people))
    for number in range(0, HOUSEHOLDS, 3):
        alike = np.flatnonzero(labels == labels[members[number, 0]])
        members[number] = random.choice(alike, people)
    return members


if __name__ == "__main__":
    main()
