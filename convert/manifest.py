"""Writes the manifest's entries; `models.registry` reads them."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from models.artefact import WEIGHTS
from models.emotions import EMOTIONS
from models.registry import MANIFEST, MANIFEST_VERSION
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

INPUT = {"shape": [1, 48, 48, 1], "dtype": "uint8", "range": [0, 255]}
# What the manifest keeps of a run's record: the rest is every epoch's figures.
RUN_RECORD_FIELDS = ("config", "environment", "epochs_done", "best", "parameters", "training_faces")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a models folder; an empty one where there is none yet."""
    path = folder / MANIFEST
    if not path.exists():
        return {"version": MANIFEST_VERSION, "models": {}}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version, models = manifest["version"], manifest["models"]
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise MoodpiError(f"{path} is damaged: move it away and export every model anew") from error
    if version != MANIFEST_VERSION or not isinstance(models, dict):
        raise MoodpiError(f"{path} is of version {version}, expected {MANIFEST_VERSION}")
    return {"version": version, "models": models}


def model_entry(
    previous: dict[str, Any] | None,
    model: str,
    weights: bytes,
    record: dict[str, Any] | None,
    formats: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """A model's entry: `formats` over the previous ones, where those are of the same weights.

    `record` is the run's, None where the weights came without one.
    """
    weights_entry = {"file": f"{model}/{WEIGHTS}", "sha256": sha256(weights)}
    kept = previous if previous and previous.get("weights") == weights_entry else {}
    for name in previous["formats"] if previous and not kept else ():
        if name not in formats:
            log.warning("%s %s left the manifest: it was made of other weights", model, name)
    training = (
        {name: record[name] for name in RUN_RECORD_FIELDS if name in record} if record else None
    )
    return {
        "input": INPUT,
        "labels": list(EMOTIONS),
        "weights": weights_entry,
        "training": training or kept.get("training", {}),
        "formats": {**kept.get("formats", {}), **formats},
    }


def format_entry(model: str, name: str, content: bytes, accuracy: dict[str, Any]) -> dict[str, Any]:
    """One format's entry: where the file is, its checksum, its size and what it was measured at."""
    return {
        "file": f"{model}/{name}",
        "sha256": sha256(content),
        "bytes": len(content),
        "accuracy": accuracy,
    }


def sha256(content: bytes) -> str:
    """The checksum that the registry verifies, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
