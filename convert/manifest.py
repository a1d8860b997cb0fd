"""Writing the manifest's entries; models.registry reads them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.artefact import WEIGHTS
from models.emotions import EMOTIONS
from models.registry import MANIFEST, MANIFEST_VERSION
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

INPUT = {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
# The fields of the run record that the manifest holds; the history is left out.
RUN_RECORD_FIELDS = (
    "config",
    "environment",
    "epochs_done",
    "best",
    "parameters",
    "training_faces",
)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a models folder; an empty one if there is none."""
    path = folder / MANIFEST
    if not path.exists():
        return {"version": MANIFEST_VERSION, "models": {}}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version, models = manifest["version"], manifest["models"]
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise MoodpiError(
            f"{path} is damaged: remove it and export every model again", code="damaged_manifest"
        ) from error
    if version != MANIFEST_VERSION or not isinstance(models, dict):
        raise MoodpiError(
            f"{path} has version {version}, expected {MANIFEST_VERSION}", code="manifest_version"
        )
    return {"version": version, "models": models}


def model_entry(
    previous: dict[str, Any] | None,
    model: str,
    weights: bytes,
    record: dict[str, Any] | None,
    formats: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """A model's entry.

    previous: the existing entry, if any. Its formats remain if they are of the same weights.
    weights: the content of the weights file.
    record: the run record; without one, that of the existing entry remains.
    formats: the new entries by format.
    """
    weights_entry = {"file": f"{model}/{WEIGHTS}", "sha256": sha256(weights)}
    base = previous if previous and previous.get("weights") == weights_entry else {}
    for name in previous["formats"] if previous and not base else ():
        if name not in formats:
            log.warning("removed %s %s from the manifest: made from other weights", model, name)
    return {
        "input": INPUT,
        "labels": list(EMOTIONS),
        "weights": weights_entry,
        "training": training_summary(record) or base.get("training", {}),
        "formats": {**base.get("formats", {}), **formats},
    }


def training_summary(record: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of a run record that describe the training; empty without a record."""
    return {name: record[name] for name in RUN_RECORD_FIELDS if record and name in record}


def format_entry(model: str, name: str, content: bytes, accuracy: dict[str, Any]) -> dict[str, Any]:
    """A format's entry: the file, its checksum, its size and its measured accuracy."""
    return {
        "file": f"{model}/{name}",
        "sha256": sha256(content),
        "bytes": len(content),
        "accuracy": accuracy,
    }


def to_json(document: Mapping[str, Any]) -> bytes:
    """The content of a JSON file: the manifest, a run record or a saved entry."""
    return (json.dumps(document, indent=1) + "\n").encode()


def sha256(content: bytes) -> str:
    """The checksum that the registry verifies, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
