"""Weights in; one measured file a format, the weights and their manifest entry out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from convert.calibration import Representative, representative_faces
from convert.formats import export_format
from convert.manifest import (
    INPUT,
    RUN_RECORD_FIELDS,
    format_entry,
    model_entry,
    read_manifest,
)
from convert.parity import Accuracy, measure, top1
from convert.rebuild import rebuild, with_probabilities
from convert.trained_weights import TrainedWeights
from models.artefact import WEIGHTS
from models.emotions import EMOTIONS
from models.registry import MANIFEST
from models.weights import pack_arrays
from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from training.data.faces import TRAINING, Faces, validation_split
from training.evaluation.temperature import (
    expected_calibration_error,
    fit_temperature,
    softmax,
    stratified_halves,
)
from training.run_folder import RUN_RECORD

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """What came of one format.

    content: the file's. accuracy: measured by running it. operators: how many of each kind.
    failure: why it is not installed; empty where it is.
    """

    name: str
    content: bytes = b""
    accuracy: Accuracy | None = None
    operators: Mapping[str, int] | None = None
    failure: str = ""


@dataclass(frozen=True)
class Temperature:
    """The one that the exported files have inside.

    value: fitted on a seeded half of PublicTest. error_before, error_after: the expected
    calibration error on the other half, without it and with it.
    """

    value: float
    error_before: float
    error_after: float


@dataclass(frozen=True)
class Report:
    """What came of one export. keras_top1: the float32 model's on the same faces."""

    folder: Path
    keras_top1: float
    temperature: Temperature
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Bench:
    """What every format is made of and held against."""

    model: keras.Model
    calibration: Representative
    split: str
    measured: Faces
    reference: NDArray[np.float32]
    description: Mapping[str, Any]


def export_model(
    model: str,
    formats: list[str],
    weights: TrainedWeights,
    splits: Mapping[str, Faces],
    folder: Path,
) -> Report:
    """Export `model` to every format and install under `folder` what passes its gate.

    `splits` holds FER2013's Training (to calibrate) and PublicTest (to measure). A format that
    fails is a row of the report; MoodpiError is for what stops them all.
    """
    manifest = read_manifest(folder)
    network = rebuild(model, weights)
    split, measured = validation_split(splits, folder)
    logits = network.predict(
        measured.images[..., None].astype(np.float32), batch_size=256, verbose=0
    )
    temperature = _temperature(logits, measured.labels)
    bench = _Bench(
        with_probabilities(network, temperature.value),
        representative_faces(splits[TRAINING]),
        split,
        measured,
        softmax(logits, temperature.value),
        _description(model, weights, temperature),
    )
    rows = tuple(_export_one(name, bench) for name in formats)
    good = [row for row in rows if not row.failure]
    if good:
        packed = pack_arrays(weights.arrays)
        entry = model_entry(
            manifest["models"].get(model),
            model,
            packed,
            weights.record,
            {row.name: _entry(model, row) for row in good},
        )
        made_with = {
            "temperature": asdict(temperature),
            "calibration": bench.calibration.as_json(),
        }
        manifest["models"][model] = {**entry, **made_with}
        _write(folder, model, good, weights.record or {}, packed, manifest)
    return Report(folder, top1(logits, measured.labels), temperature, rows)


def _temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> Temperature:
    fit, report = stratified_halves(labels)
    value = round(fit_temperature(logits[fit], labels[fit]), 4)
    before, after = (
        expected_calibration_error(softmax(logits[report], t), labels[report]) for t in (1, value)
    )
    return Temperature(value, round(before, 5), round(after, 5))


def _description(model: str, weights: TrainedWeights, temperature: Temperature) -> dict[str, Any]:
    """What a file says of itself, its own accuracy apart."""
    record = weights.record or {}
    return {
        "model": model,
        "task": "facial expression, of a grey face from edge to edge",
        "input": INPUT,
        "output": {"labels": list(EMOTIONS), "values": "probabilities"},
        "temperature": temperature.value,
        "training": {name: record[name] for name in RUN_RECORD_FIELDS if name in record},
    }


def _export_one(name: str, bench: _Bench) -> Row:
    try:
        exporter = export_format(name)
        log.info("converting to %s, calibrated on %d faces", name, len(bench.calibration.faces))
        content = exporter.convert(bench.model, bench.calibration.faces)
        log.info("running %s on %d faces", name, len(bench.measured))
        probabilities = exporter.predict(content, bench.measured.images)
    except MoodpiError as error:
        return Row(name, failure=f"failed: {error}")
    labels = bench.measured.labels
    accuracy = measure(probabilities, bench.reference, labels, bench.split)
    row = Row(name, content, accuracy, exporter.operators(content))
    if refusal := exporter.gate.refusal(accuracy, top1(bench.reference, labels)):
        return replace(row, failure=f"not installed: {refusal}")
    description = {**bench.description, "format": name, "accuracy": asdict(accuracy)}
    return replace(row, content=exporter.described(content, description))


def _entry(model: str, row: Row) -> dict[str, Any]:
    entry = format_entry(model, row.name, row.content, asdict(row.accuracy) if row.accuracy else {})
    return {**entry, "operators": dict(row.operators or {})}


def _write(
    folder: Path,
    model: str,
    rows: list[Row],
    record: Mapping[str, Any],
    weights: bytes,
    manifest: dict[str, Any],
) -> None:
    """The manifest goes last: until it is in place the registry refuses the new files."""
    write_atomic(
        {
            **{folder / model / row.name: row.content for row in rows},
            folder / model / WEIGHTS: weights,
            # Beside the weights, so that whoever takes them up knows the run that they are of.
            folder / model / RUN_RECORD: (json.dumps(record, indent=1) + "\n").encode(),
            folder / MANIFEST: (json.dumps(manifest, indent=1) + "\n").encode(),
        }
    )
