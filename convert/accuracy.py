"""The accuracy of an exported file, against the labels and against its Keras model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.temperature import expected_calibration_error


@dataclass(frozen=True)
class Accuracy:
    """The accuracy measured by running the exported file. It goes into the manifest.

    Attributes:
        split: The name of the split.
        faces: The number of its faces.
        top1: The share of faces whose most probable emotion is the FER2013 label.
        unseen_faces: The number of faces whose image is not in Training too.
        unseen_top1: The same share among these.
        agreement_with_keras: The share of faces for which file and Keras model predict the same.
        largest_difference: The largest difference between any two of their probabilities, 0 to 1.
        calibration_error: The expected calibration error of the file, 0 to 1.
    """

    split: str
    faces: int
    top1: float
    unseen_faces: int
    unseen_top1: float
    agreement_with_keras: float
    largest_difference: float
    calibration_error: float


def top1_accuracy(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The share of rows [n, 7], probabilities or logits, whose largest value is the label's."""
    return float(np.mean(np.argmax(probabilities, axis=1) == labels))


def measure_accuracy(
    probabilities: NDArray[np.float32],
    keras_probabilities: NDArray[np.float32],
    labels: NDArray[np.int64],
    unseen: NDArray[np.bool_],
    split: str,
) -> Accuracy:
    """Compare a file's probabilities [n, 7] with the labels [n] and with Keras's [n, 7].

    unseen: whether each face [n] is not in Training.
    """
    agreement = np.argmax(probabilities, axis=1) == np.argmax(keras_probabilities, axis=1)
    largest_difference = np.max(np.abs(probabilities - keras_probabilities))
    return Accuracy(
        split=split,
        faces=len(labels),
        top1=round(top1_accuracy(probabilities, labels), 5),
        unseen_faces=int(unseen.sum()),
        unseen_top1=round(top1_accuracy(probabilities[unseen], labels[unseen]), 5),
        agreement_with_keras=round(float(np.mean(agreement)), 5),
        largest_difference=round(float(largest_difference), 5),
        calibration_error=round(expected_calibration_error(probabilities, labels), 5),
    )
