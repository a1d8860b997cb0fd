"""The export: weights in; measured files, the weights and the manifest entry out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert.accuracy import measure_accuracy, top1_accuracy
from convert.calibration import RepresentativeDataset, representative_dataset
from convert.class_balance import SHARE, logit_shift
from convert.formats import FormatResult, load_format
from convert.installation import Destination, Installation
from convert.manifest import INPUT, read_manifest, training_summary
from convert.rebuild import rebuild_model, shift_logits, with_probabilities
from convert.trained_weights import TrainedWeights
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.split_names import TRAINING
from training.data.splits import validation_split
from training.evaluation.temperature import (
    expected_calibration_error,
    fit_temperature,
    softmax,
    stratified_halves,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TemperatureScaling:
    """The temperature inside the exported files.

    Attributes:
        value: Fitted on one half of the validation split.
        error_before: The expected calibration error on the other half at temperature 1.
        error_after: The same at the fitted temperature.
    """

    value: float
    error_before: float
    error_after: float


@dataclass(frozen=True)
class ExportReport:
    """The result of one export.

    Attributes:
        folder: The models folder.
        keras_top1: The top-1 accuracy of the float32 Keras model on the validation split, after
            the class balance.
        temperature: The fitted temperature.
        results: The result of each format.
    """

    folder: Path
    keras_top1: float
    temperature: TemperatureScaling
    results: tuple[FormatResult, ...]


@dataclass(frozen=True)
class _Source:
    """What every format is converted from and compared with."""

    model: keras.Model
    calibration: RepresentativeDataset
    split: str
    faces: Faces
    unseen: NDArray[np.bool_]
    keras_probabilities: NDArray[np.float32]
    description: Mapping[str, Any]


def export_model(
    model: str,
    formats: list[str],
    weights: TrainedWeights,
    splits: Mapping[str, Faces],
    destination: Destination,
) -> ExportReport:
    """Export the architecture `model` to every format and install the accepted files.

    splits: FER2013's Training, for calibration and the class balance, and PublicTest, to measure
        the accuracy on.

    A format that fails is a result with `failure`.

    Raises MoodpiError if nothing can be exported, or if a new file is worse than the installed one.
    """
    read_manifest(destination.folder)  # a damaged one is an error before minutes of work
    network = rebuild_model(model, weights)
    shift_logits(network, logit_shift(splits[TRAINING].labels))
    split, faces = validation_split(splits, destination.folder)
    logits = network.predict(faces.images[..., None].astype(np.float32), 256, verbose=0)
    temperature = _fit_temperature(logits, faces.labels)
    source = _Source(
        with_probabilities(network, temperature.value),
        representative_dataset(splits[TRAINING]),
        split,
        faces,
        unseen_rows(splits, split),
        softmax(logits, temperature.value),
        _description(model, weights, temperature),
    )
    results = tuple(_export_format(name, source) for name in formats)
    accepted = [result for result in results if not result.failure]
    if accepted:
        installation = Installation(destination, model, accepted)
        installation.check_not_worse(faces.rows(source.unseen))
        calibration = source.calibration.to_json()
        installation.install(
            weights,
            {
                "class_balance": SHARE,
                "temperature": asdict(temperature),
                "calibration": calibration,
            },
        )
    top1 = top1_accuracy(logits, faces.labels)
    return ExportReport(destination.folder, top1, temperature, results)


def _fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> TemperatureScaling:
    fit, report = stratified_halves(labels)
    if not len(fit):
        raise MoodpiError(
            f"{len(labels)} validation faces, no two of one emotion: expected at least two of an "
            "emotion, one to fit the softmax temperature and one to check it: provide more faces",
            code="too_few_faces",
        )
    value = round(fit_temperature(logits[fit], labels[fit]), 4)
    before, after = (
        expected_calibration_error(softmax(logits[report], t), labels[report]) for t in (1, value)
    )
    return TemperatureScaling(value, round(before, 5), round(after, 5))


def _description(
    model: str, weights: TrainedWeights, temperature: TemperatureScaling
) -> dict[str, Any]:
    """The description embedded in every file, without format and accuracy."""
    return {
        "model": model,
        "task": "facial expression, of a grey face from edge to edge",
        "input": INPUT,
        "output": {"labels": list(EMOTIONS), "values": "probabilities"},
        "class_balance": SHARE,
        "temperature": temperature.value,
        "training": training_summary(weights.record),
    }


def _export_format(name: str, source: _Source) -> FormatResult:
    """Convert to one format, run the file, and accept or reject it."""
    try:
        export_format = load_format(name)
        log.info("converting to %s, calibrated on %d faces", name, len(source.calibration.faces))
        content = export_format.convert(source.model, source.calibration.faces)
        log.info("running %s on %d faces", name, len(source.faces))
        probabilities = export_format.predict(content, source.faces.images)
    except MoodpiError as error:
        return FormatResult(name, failure=f"failed: {error}")
    labels = source.faces.labels
    accuracy = measure_accuracy(
        probabilities, source.keras_probabilities, labels, source.unseen, source.split
    )
    result = FormatResult(name, content, accuracy, export_format.operators(content))
    keras_top1 = top1_accuracy(source.keras_probabilities, labels)
    if reason := export_format.criteria.rejection(accuracy, keras_top1):
        return replace(result, failure=f"rejected: {reason}")
    description = {**source.description, "format": name, "accuracy": asdict(accuracy)}
    return replace(result, content=export_format.with_description(content, description))
