"""Weights in; one measured file a format, the weights and their manifest entry out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convert.calibration import representative_faces
from convert.formats import export_format
from convert.manifest import WEIGHTS, format_entry, model_entry, read_manifest
from convert.parity import Accuracy, measure, top1
from convert.rebuild import rebuild
from convert.trained_weights import TrainedWeights
from models.registry import MANIFEST
from models.swap import swap_in
from models.weights import pack_arrays
from moodpi.errors import MoodpiError
from training.dataset import Faces

log = logging.getLogger(__name__)

MEASURED_ON = "PublicTest"
# A file further below its Keras model than this has gone wrong somewhere; written all the same.
TOLERATED_LOSS = 0.01


@dataclass(frozen=True)
class Row:
    """What came of one format: its content and measured accuracy, or why it failed."""

    name: str
    content: bytes = b""
    accuracy: Accuracy | None = None
    failure: str = ""


@dataclass(frozen=True)
class Report:
    """What came of one export. keras_top1: the float32 model's on the same faces."""

    folder: Path
    keras_top1: float
    rows: tuple[Row, ...]

    def status(self, row: Row) -> str:
        """One word where all is well."""
        if row.accuracy is None:
            return f"failed: {row.failure}"
        loss = self.keras_top1 - row.accuracy.top1
        return "ok" if loss <= TOLERATED_LOSS else f"{100 * loss:.1f} points below Keras"


def export_model(
    model: str,
    formats: list[str],
    weights: TrainedWeights,
    splits: Mapping[str, Faces],
    folder: Path,
) -> Report:
    """Export `model` to every format and write what succeeded under `folder`.

    `splits` holds FER2013's Training (to calibrate) and PublicTest (to measure). A format that
    fails is a row of the report; MoodpiError is for what stops them all.
    """
    manifest = read_manifest(folder)
    keras_model = rebuild(model, weights)
    calibration = representative_faces(splits["Training"])
    measured = splits[MEASURED_ON]
    reference = keras_model.predict(
        measured.images[..., None].astype(np.float32), batch_size=256, verbose=0
    )
    rows = tuple(
        _export_one(name, keras_model, calibration, measured, reference) for name in formats
    )
    good = [row for row in rows if row.accuracy]
    if good:
        packed = pack_arrays(weights.arrays)
        manifest["models"][model] = model_entry(
            manifest["models"].get(model),
            model,
            packed,
            weights.story,
            {row.name: _entry(model, row) for row in good},
        )
        _write(folder, model, good, packed, manifest)
    return Report(folder, top1(reference, measured.labels), rows)


def _export_one(
    name: str,
    model: Any,
    calibration: NDArray[np.uint8],
    measured: Faces,
    reference: NDArray[np.float32],
) -> Row:
    try:
        exporter = export_format(name)
        log.info("converting to %s, calibrated on %d faces", name, len(calibration))
        content = exporter.convert(model, calibration)
        log.info("running %s on %d faces", name, len(measured))
        probabilities = exporter.predict(content, measured.images)
    except MoodpiError as error:
        return Row(name, failure=str(error))
    return Row(name, content, measure(probabilities, reference, measured.labels, MEASURED_ON))


def _entry(model: str, row: Row) -> dict[str, Any]:
    return format_entry(model, row.name, row.content, asdict(row.accuracy) if row.accuracy else {})


def _write(
    folder: Path, model: str, rows: list[Row], weights: bytes, manifest: dict[str, Any]
) -> None:
    """The manifest goes last: until it is in place the registry refuses the new files."""
    swap_in(
        {
            **{folder / model / row.name: row.content for row in rows},
            folder / model / WEIGHTS: weights,
            folder / MANIFEST: (json.dumps(manifest, indent=1) + "\n").encode(),
        }
    )
