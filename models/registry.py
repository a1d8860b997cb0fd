"""Finds a trained artefact by model and format, and verifies it before anything runs it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moodpi.errors import MoodpiError, UsageError, did_you_mean

MODELS_FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"
MANIFEST_VERSION = 1


@dataclass(frozen=True)
class Artefact:
    """One exported file, verified against the manifest.

    labels: the emotion of each output, in order. top1: share of PublicTest's faces on which the
    file itself, run after export, names the FER2013 label; None where it was not measured.
    """

    model: str
    format: str
    path: Path
    labels: tuple[str, ...]
    top1: float | None


class Registry:
    """The manifest of one models folder."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self.folder = folder
        self._models = _read_manifest(folder / MANIFEST)

    def models(self) -> list[str]:
        return list(self._models)

    def formats(self, model: str) -> list[str]:
        """The formats of `model` that are here; UsageError with the nearest name if it is unknown.

        An installation may leave files out: the wheel brings few, and a Pi's owner may delete more.
        """
        listed = self._listed(model)
        return [name for name, entry in listed.items() if self._is_here(entry)]

    def find(self, model: str, artefact_format: str) -> Artefact:
        """The artefact, its sha256 checked; MoodpiError if the file is not here or altered."""
        listed = self._listed(model)
        if artefact_format not in listed:
            raise UsageError(
                f"unknown format '{artefact_format}' of {model}: "
                f"{did_you_mean(artefact_format, listed)}"
            )
        try:
            entry = listed[artefact_format]
            path = self.folder / entry["file"]
            labels = tuple(self._models[model]["labels"])
            expected = entry["sha256"]
            top1 = entry.get("accuracy", {}).get("top1")
        except (KeyError, TypeError, AttributeError) as error:
            raise MoodpiError(
                f"{self.folder / MANIFEST}: the entry of {model} {artefact_format} lacks {error}: "
                "export the model again"
            ) from error
        if not self._is_here(entry):
            here = ", ".join(self.formats(model)) or "none"
            raise MoodpiError(
                f"{model} {artefact_format} is not installed (installed: {here}): put the file of "
                f"moodpi's repository at {path}, or make it with `moodpi export {model}`"
            )
        _verify(path, expected)
        return Artefact(model, artefact_format, path, labels, top1)

    def _listed(self, model: str) -> dict[str, Any]:
        """The manifest's entries of `model`, by format."""
        if model not in self._models:
            raise UsageError(f"unknown model '{model}': {did_you_mean(model, self._models)}")
        entries: dict[str, Any] = self._models[model]["formats"]
        return entries

    def _is_here(self, entry: dict[str, Any]) -> bool:
        # An entry without a file is for `find` to complain of.
        return (self.folder / entry.get("file", "")).exists()


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}: reinstall moodpi") from error
    except ValueError as error:
        raise MoodpiError(f"{path} is damaged: {error}: reinstall moodpi") from error
    if not isinstance(manifest, dict) or manifest.get("version") != MANIFEST_VERSION:
        raise MoodpiError(
            f"{path} is not a manifest of version {MANIFEST_VERSION}: reinstall moodpi"
        )
    models: Any = manifest.get("models")
    if not _well_formed(models):
        raise MoodpiError(f"{path} is damaged: its models lack formats or labels: reinstall moodpi")
    entries: dict[str, Any] = models
    return entries


def _well_formed(models: object) -> bool:
    """Whether every model has what `Registry.find` looks up before it knows the format."""
    return isinstance(models, dict) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("formats"), dict)
        and isinstance(entry.get("labels"), list)
        for entry in models.values()
    )


def _verify(path: Path, expected: str) -> None:
    try:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}: reinstall moodpi") from error
    if found != expected:
        raise MoodpiError(
            f"{path} has sha256 {found[:12]}..., the manifest says {expected[:12]}...: "
            "the file was altered or damaged; reinstall moodpi or export the model again"
        )
