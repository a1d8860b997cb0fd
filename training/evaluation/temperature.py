"""How sure a model may be: temperature scaling (Guo et al., "On calibration of modern neural
networks", 2017) and the error it mends.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

BINS = 15
# Where the best temperature is looked for: a hundred times too sure, to ten times too unsure.
LOWEST, HIGHEST = 0.1, 100.0
PRECISION = 1e-4
GOLDEN = (math.sqrt(5) - 1) / 2


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The T for which softmax(logits / T) makes the labels likeliest; logits [n, 7], labels [n].

    The mean negative log-likelihood has one minimum in 1 / T, found by golden-section search on
    log T. Above 1 the model was too sure of itself, below 1 not sure enough.
    """
    low, high = math.log(LOWEST), math.log(HIGHEST)
    while high - low > PRECISION:
        first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _surprise(logits, labels, math.exp(first)) < _surprise(logits, labels, math.exp(second)):
            high = second
        else:
            low = first
    return math.exp((low + high) / 2)


def seeded_half(
    labels: NDArray[np.int64], seed: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows to fit on and rows to report on: each class cut in two, always in the same way."""
    random = np.random.default_rng(seed)
    fit, report = [], []
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        fit.append(rows[: len(rows) // 2])
        report.append(rows[len(rows) // 2 :])
    return np.sort(np.concatenate(fit)), np.sort(np.concatenate(report))


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Probabilities [n, 7] of logits [n, 7] at a temperature."""
    scaled = logits.astype(np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def expected_calibration_error(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], bins: int = BINS
) -> float:
    """How far confidence and accuracy lie apart, 0 to 1, averaged over faces.

    Faces are put into `bins` equal bins by their largest probability; a bin counts by its share of
    the faces with |mean confidence - accuracy| (Naeini et al. 2015).
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(places, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def _surprise(logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float) -> float:
    """The mean negative log-likelihood of the labels."""
    scaled = logits.astype(np.float64) / temperature
    largest = scaled.max(axis=1, keepdims=True)
    total = largest[:, 0] + np.log(np.exp(scaled - largest).sum(axis=1))
    return float(np.mean(total - scaled[np.arange(len(labels)), labels]))
