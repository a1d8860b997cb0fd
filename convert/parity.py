"""How an exported file compares with the labels and with the Keras model it was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.temperature import expected_calibration_error


@dataclass(frozen=True)
class Accuracy:
    """Measured by running the exported file itself.

    top1: share of `faces` faces of `split` whose largest probability is the FER2013 label's.
    agreement_with_keras: share on which file and model name the same emotion.
    largest_difference: between any two probabilities of theirs, 0 to 1.
    calibration_error: the file's expected calibration error, 0 to 1.
    """

    split: str
    faces: int
    top1: float
    agreement_with_keras: float
    largest_difference: float
    calibration_error: float


def top1(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Share of rows whose largest probability is the label's."""
    return float(np.mean(np.argmax(probabilities, axis=1) == labels))


def measure(
    probabilities: NDArray[np.float32],
    reference: NDArray[np.float32],
    labels: NDArray[np.int64],
    split: str,
) -> Accuracy:
    """Compare a file's probabilities [n, 7] with the labels [n] and with Keras's [n, 7]."""
    agreement = np.argmax(probabilities, axis=1) == np.argmax(reference, axis=1)
    return Accuracy(
        split=split,
        faces=len(labels),
        top1=round(top1(probabilities, labels), 5),
        agreement_with_keras=round(float(np.mean(agreement)), 5),
        largest_difference=round(float(np.max(np.abs(probabilities - reference))), 5),
        calibration_error=round(expected_calibration_error(probabilities, labels), 5),
    )
