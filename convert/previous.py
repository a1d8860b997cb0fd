"""The model that an export replaced: it is saved beside the new one and can be restored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from convert.manifest import read_manifest, to_json
from models.artefact import WEIGHTS
from models.registry import MANIFEST
from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from moodpi.text import quoted
from training.run_folder import RUN_RECORD

SUFFIX = ".previous"
# The manifest entry of the saved model.
ENTRY = "entry.json"


def saved_files(folder: Path, model: str, entry: Mapping[str, Any]) -> dict[Path, bytes]:
    """The files that save an installed model beside it, by their path in `MODEL.previous`.

    Raises MoodpiError if an installed file cannot be read.
    """
    saved = {folder / f"{model}{SUFFIX}" / ENTRY: to_json(entry)}
    for name in (WEIGHTS, RUN_RECORD, *entry["formats"]):
        if (folder / model / name).exists():
            saved[folder / f"{model}{SUFFIX}" / name] = _read(folder / model / name)
    return saved


def restore(folder: Path, model: str) -> None:
    """Install the saved model again and save the current one: a second call undoes the first.

    Raises MoodpiError if there is no saved model.
    """
    previous = folder / f"{model}{SUFFIX}"
    if not (previous / ENTRY).exists():
        raise MoodpiError(
            f"no previous version of {quoted(model)} in {folder}: an export saves one when it "
            "replaces a model of other weights",
            code="no_previous",
        )
    try:
        entry = json.loads(_read(previous / ENTRY))
        names = (WEIGHTS, RUN_RECORD, *entry["formats"])
    except (ValueError, KeyError, TypeError) as error:
        raise MoodpiError(
            f"{previous / ENTRY} is damaged: export the model again", code="damaged_previous"
        ) from error
    restored = {
        folder / model / name: _read(previous / name)
        for name in names
        if (previous / name).exists()
    }
    manifest = read_manifest(folder)
    current = manifest["models"].get(model)
    manifest["models"][model] = entry
    write_atomic(
        {
            **(saved_files(folder, model, current) if current else {}),
            **restored,
            folder / MANIFEST: to_json(manifest),
        }
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error
