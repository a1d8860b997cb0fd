"""The metrics of one model on labelled faces, and McNemar's test between two models."""

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
    softmax,
    stratified_halves,
)

BOOTSTRAP_RESAMPLES = 2000
SEED = 1
# With this many disagreements the normal approximation of McNemar's test is close enough.
MIN_DISAGREEMENTS_FOR_NORMAL = 1000

Indices = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Estimate:
    """A share, 0 to 1, with the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2%} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True)
class ClassMetrics:
    """The number of faces with one emotion's label; precision, recall and F1, each 0 to 1."""

    faces: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Calibration:
    """The effect of temperature scaling.

    Attributes:
        temperature: Fitted on one half of the faces; 0 if there are too few to fit it.
        before: The expected calibration error on the other half at temperature 1.
        after: The same at the fitted temperature.

    """

    temperature: float
    before: float
    after: float


@dataclass(frozen=True)
class Evaluation:
    """The metrics of one model on one split.

    Attributes:
        faces: The number of faces.
        top1: The share of faces whose most probable emotion is the label.
        top2: The share of faces whose label is among the two most probable emotions.
        macro_f1: The mean F1 over the emotions.
        classes: The metrics of each emotion.
        confusion: Counts [7][7]: rows are labels, columns are predictions.
        calibration: The effect of temperature scaling.
        top1_by_reference: top-1 against FER2013's label, FER+'s majority vote, and on the faces
            where both agree. Without votes, FER2013's label only.

    """

    faces: int
    top1: Estimate
    top2: Estimate
    macro_f1: Estimate
    classes: dict[str, ClassMetrics]
    confusion: list[list[int]]
    calibration: Calibration
    top1_by_reference: dict[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """The metrics as JSON values."""
        return asdict(self)


def evaluate(logits: Matrix, labels: Indices, votes: Matrix) -> Evaluation:
    """The metrics of logits or log-probabilities [n, 7] against labels [n] and votes [n, 7].

    The bootstrap draws faces with replacement (Efron 1979); its random generator is seeded.
    """
    predicted = logits.argmax(axis=1)
    second = np.argsort(-logits, axis=1, kind="stable")[:, 1]
    correct = predicted == labels
    confusion = confusion_matrix(labels, predicted)
    resamples = np.random.default_rng(SEED).integers(
        0, len(labels), (BOOTSTRAP_RESAMPLES, len(labels))
    )
    f1s = [macro_f1(confusion_matrix(labels[rows], predicted[rows])) for rows in resamples]
    return Evaluation(
        faces=len(labels),
        top1=_share(correct, resamples),
        top2=_share(correct | (second == labels), resamples),
        macro_f1=_estimate(macro_f1(confusion), np.array(f1s)),
        classes=_class_metrics(confusion),
        confusion=confusion.tolist(),
        calibration=_calibration(logits, labels),
        top1_by_reference=_top1_by_reference(predicted, labels, votes, resamples),
    )


def top1_estimate(logits: Matrix, labels: Indices) -> Estimate:
    """Top-1 of logits or probabilities [n, 7] against labels [n]; the bootstrap is seeded."""
    resamples = np.random.default_rng(SEED).integers(
        0, len(labels), (BOOTSTRAP_RESAMPLES, len(labels))
    )
    return _share(logits.argmax(axis=1) == labels, resamples)


def confusion_matrix(labels: Indices, predicted: Indices) -> Indices:
    """Counts [7, 7]: rows are labels, columns are predictions."""
    n = len(EMOTIONS)
    return np.bincount(labels * n + predicted, minlength=n * n).reshape(n, n)


def macro_f1(confusion: Indices) -> float:
    """The mean F1 over the emotions; F1 is 0 for an emotion without faces and predictions.

    Equal to scikit-learn's `f1_score(average="macro", zero_division=0)`, which takes 10 s instead
    of 0.3 s for the bootstrap's 2,000 resamples of PublicTest.
    """
    return float(np.mean([metrics.f1 for metrics in _class_metrics(confusion).values()]))


def mcnemar(first_correct: NDArray[np.bool_], second_correct: NDArray[np.bool_]) -> float:
    """The two-sided p-value of McNemar's test (1947) that two models have the same accuracy.

    first_correct, second_correct: whether each model classifies each face [n] correctly. Only faces
    that exactly one model classifies correctly count: under the null hypothesis, each is a fair
    coin toss. Exact for fewer than MIN_DISAGREEMENTS_FOR_NORMAL of them.
    """
    only_first = int(np.sum(first_correct & ~second_correct))
    only_second = int(np.sum(second_correct & ~first_correct))
    disagreements = only_first + only_second
    if not disagreements:
        return 1.0
    fewer = min(only_first, only_second)
    if disagreements < MIN_DISAGREEMENTS_FOR_NORMAL:
        tail = sum(math.comb(disagreements, k) for k in range(fewer + 1))
        return min(1.0, 2 * tail / 2**disagreements)
    z = max(0.0, abs(only_first - only_second) - 1) / math.sqrt(disagreements)
    return math.erfc(z / math.sqrt(2))


def _class_metrics(confusion: Indices) -> dict[str, ClassMetrics]:
    metrics = {}
    for index, emotion in enumerate(EMOTIONS):
        hits = int(confusion[index, index])
        faces, predicted = int(confusion[index].sum()), int(confusion[:, index].sum())
        precision = hits / predicted if predicted else 0.0
        recall = hits / faces if faces else 0.0
        f1 = 2 * hits / (faces + predicted) if faces + predicted else 0.0
        metrics[emotion] = ClassMetrics(faces, precision, recall, f1)
    return metrics


def _calibration(logits: Matrix, labels: Indices) -> Calibration:
    fit, report = stratified_halves(labels)
    if not len(fit):
        error = expected_calibration_error(softmax(logits), labels)
        return Calibration(0.0, error, error)
    temperature = fit_temperature(logits[fit], labels[fit])
    before, after = (
        expected_calibration_error(softmax(logits[report], t), labels[report])
        for t in (1.0, temperature)
    )
    return Calibration(temperature, before, after)


def _top1_by_reference(
    predicted: Indices, labels: Indices, votes: Matrix, resamples: Indices
) -> dict[str, Estimate]:
    correct = predicted == labels
    by_reference = {"FER2013 label": _share(correct, resamples)}
    voted = votes.sum(axis=1) > 0
    if voted.any():
        majority = votes.argmax(axis=1)
        by_reference["FER+ majority"] = _share_among(voted, predicted == majority, resamples)
        by_reference["both agree"] = _share_among(voted & (majority == labels), correct, resamples)
    return by_reference


def _share_among(
    faces: NDArray[np.bool_], correct: NDArray[np.bool_], resamples: Indices
) -> Estimate:
    """The share of correct ones among `faces` [n], whose number varies between resamples."""
    hits = faces & correct
    resampled = hits[resamples].sum(axis=1) / np.maximum(faces[resamples].sum(axis=1), 1)
    return _estimate(float(correct[faces].mean()) if faces.any() else 0.0, resampled)


def _share(correct: NDArray[np.bool_], resamples: Indices) -> Estimate:
    return _estimate(float(correct.mean()), correct[resamples].mean(axis=1))


def _estimate(value: float, resampled: NDArray[np.float64]) -> Estimate:
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Estimate(value, float(low), float(high))
