"""How well faces are named: the figures of one model, and whether two differ."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from training.evaluation.temperature import (
    expected_calibration_error,
    fit_temperature,
    seeded_half,
    softmax,
)

RESAMPLES = 2000
SEED = 1
# From this many disagreements on, McNemar's statistic is near enough to its normal form.
EXACT_BELOW = 1000

Indices = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Estimate:
    """A share, and the bounds that 95 % of the bootstrap's resamples of the faces lie in."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2%} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True)
class ClassFigures:
    """Of one emotion: faces that have it, and how precisely and completely they are found."""

    faces: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Calibration:
    """temperature: fitted on a seeded half of the faces (0 where it was not fitted). before,
    after: the expected calibration error on the other half.
    """

    temperature: float
    before: float
    after: float


@dataclass(frozen=True)
class Evaluation:
    """The figures of one model on one split.

    confusion: [7][7] counts, the label's row and the prediction's column. three_ways: top-1 by
    FER2013's label, by FER+'s majority, and where both agree, as far as there are votes.
    """

    faces: int
    top1: Estimate
    top2: Estimate
    macro_f1: Estimate
    classes: dict[str, ClassFigures]
    confusion: list[list[int]]
    calibration: Calibration
    three_ways: dict[str, Estimate]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def evaluate(logits: Matrix, labels: Indices, votes: Matrix) -> Evaluation:
    """All figures of logits [n, 7] (or log-probabilities), labels [n] and FER+ votes [n, 7]."""
    predicted = logits.argmax(axis=1)
    second = np.argsort(-logits, axis=1, kind="stable")[:, 1]
    right = predicted == labels
    confusion = confusion_matrix(labels, predicted)
    chosen = np.random.default_rng(SEED).integers(0, len(labels), (RESAMPLES, len(labels)))
    f1s = [macro_f1(confusion_matrix(labels[rows], predicted[rows])) for rows in chosen]
    return Evaluation(
        faces=len(labels),
        top1=_share(right, chosen),
        top2=_share(right | (second == labels), chosen),
        macro_f1=_estimate(macro_f1(confusion), np.array(f1s)),
        classes=_classes(confusion),
        confusion=confusion.tolist(),
        calibration=_calibration(logits, labels),
        three_ways=_three_ways(predicted, labels, votes, chosen),
    )


def confusion_matrix(labels: Indices, predicted: Indices) -> Indices:
    """Counts [7, 7]: the label's row, the prediction's column."""
    n = len(EMOTIONS)
    return np.bincount(labels * n + predicted, minlength=n * n).reshape(n, n)


def macro_f1(confusion: Indices) -> float:
    """The mean over emotions of the harmonic mean of precision and recall; 0 where undefined."""
    return float(np.mean([figures.f1 for figures in _classes(confusion).values()]))


def mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> float:
    """The two-sided p-value that two models err alike (McNemar 1947), exact where it can be.

    Only faces on which one alone is right say anything: were they alike, each such face would be
    a fair coin's throw.
    """
    only_first = int(np.sum(first_right & ~second_right))
    only_second = int(np.sum(second_right & ~first_right))
    throws = only_first + only_second
    if not throws:
        return 1.0
    fewer = min(only_first, only_second)
    if throws < EXACT_BELOW:
        tail = sum(math.comb(throws, k) for k in range(fewer + 1))
        return min(1.0, 2 * tail / 2**throws)
    excess = max(0.0, abs(only_first - only_second) - 1) / math.sqrt(throws)
    return math.erfc(excess / math.sqrt(2))


def _classes(confusion: Indices) -> dict[str, ClassFigures]:
    found = {}
    for index, emotion in enumerate(EMOTIONS):
        hits = int(confusion[index, index])
        faces, named = int(confusion[index].sum()), int(confusion[:, index].sum())
        precision = hits / named if named else 0.0
        recall = hits / faces if faces else 0.0
        f1 = 2 * hits / (faces + named) if faces + named else 0.0
        found[emotion] = ClassFigures(faces, precision, recall, f1)
    return found


def _calibration(logits: Matrix, labels: Indices) -> Calibration:
    fit, report = seeded_half(labels)
    if not len(fit):
        error = expected_calibration_error(softmax(logits), labels)
        return Calibration(0.0, error, error)
    temperature = fit_temperature(logits[fit], labels[fit])
    before, after = (
        expected_calibration_error(softmax(logits[report], t), labels[report])
        for t in (1.0, temperature)
    )
    return Calibration(temperature, before, after)


def _three_ways(
    predicted: Indices, labels: Indices, votes: Matrix, chosen: Indices
) -> dict[str, Estimate]:
    right = predicted == labels
    ways = {"FER2013 label": _share(right, chosen)}
    voted = votes.sum(axis=1) > 0
    if voted.any():
        majority = votes.argmax(axis=1)
        ways["FER+ majority"] = _share_among(voted, predicted == majority, chosen)
        ways["where both agree"] = _share_among(voted & (majority == labels), right, chosen)
    return ways


def _share_among(faces: NDArray[np.bool_], right: NDArray[np.bool_], chosen: Indices) -> Estimate:
    """Of some of the faces; a resample has as many of them as it happens to."""
    hits = faces & right
    resampled = hits[chosen].sum(axis=1) / np.maximum(faces[chosen].sum(axis=1), 1)
    return _estimate(float(right[faces].mean()), resampled)


def _share(right: NDArray[np.bool_], chosen: Indices) -> Estimate:
    return _estimate(float(right.mean()), right[chosen].mean(axis=1))


def _estimate(value: float, resampled: NDArray[np.float64]) -> Estimate:
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Estimate(value, float(low), float(high))
