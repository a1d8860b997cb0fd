"""Temperature scaling and the expected calibration error.

Guo et al., "On calibration of modern neural networks", 2017.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

BINS = 15
# The bounds of the search, and its precision in log T.
MIN_TEMPERATURE, MAX_TEMPERATURE = 0.1, 100.0
PRECISION = 1e-4
GOLDEN_RATIO = (math.sqrt(5) - 1) / 2


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature T that minimizes the cross-entropy of softmax(logits / T).

    logits [n, 7], labels [n]. T is above 1 if the model is overconfident, below 1 if it is
    underconfident. The mean negative log-likelihood is convex in 1 / T, so golden-section search
    over log T finds its only minimum.
    """
    low, high = math.log(MIN_TEMPERATURE), math.log(MAX_TEMPERATURE)
    while high - low > PRECISION:
        first, second = high - GOLDEN_RATIO * (high - low), low + GOLDEN_RATIO * (high - low)
        if _negative_log_likelihood(logits, labels, math.exp(first)) < _negative_log_likelihood(
            logits, labels, math.exp(second)
        ):
            high = second
        else:
            low = first
    return math.exp((low + high) / 2)


def stratified_halves(
    labels: NDArray[np.int64], seed: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two halves of the rows, as sorted indices: one to fit on, one to report on.

    Each class is split in half. The same labels and seed give the same halves.
    """
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
    """The mean gap between confidence and accuracy, 0 to 1 (Naeini et al. 2015).

    Faces fall into `bins` bins of equal width by their largest probability. The gap of a bin,
    |mean confidence - accuracy|, is weighted by its share of the faces.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == labels
    indices = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(indices, weights=confidence - correct, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def _negative_log_likelihood(
    logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float
) -> float:
    """The mean over the rows."""
    scaled = logits.astype(np.float64) / temperature
    largest = scaled.max(axis=1, keepdims=True)
    total = largest[:, 0] + np.log(np.exp(scaled - largest).sum(axis=1))
    return float(np.mean(total - scaled[np.arange(len(labels)), labels]))
