"""The registry of the trained artefacts. It verifies an artefact before it is used."""

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
    """An exported model file, verified against the manifest.

    Attributes:
        model: The model's name, such as simple_cnn.
        format: The file's format, such as int8.tflite.
        path: The file.
        labels: The emotion of each output, in order.
        top1: Top-1 accuracy of the exported file on FER2013's PublicTest, 0..1; None if it was not
            measured.
    """

    model: str
    format: str
    path: Path
    labels: tuple[str, ...]
    top1: float | None


class Registry:
    """The artefacts of a models folder, as its manifest lists them.

    Raises MoodpiError if the manifest cannot be read or is damaged.
    """

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self.folder = folder
        self._models = _read_manifest(folder / MANIFEST)

    def models(self) -> list[str]:
        """The names of all models."""
        return list(self._models)

    def formats(self, model: str) -> list[str]:
        """The installed formats of a model. Raises UsageError for an unknown model.

        The wheel contains only some of the formats that the manifest lists.
        """
        listed = self._listed(model)
        return [name for name, entry in listed.items() if self._is_installed(entry)]

    def find(self, model: str, artefact_format: str) -> Artefact:
        """The artefact of a model in a format, after its sha256 was verified.

        Raises:
            UsageError: The model or the format is unknown.
            MoodpiError: The file is not installed, cannot be read or has another sha256.
        """
        listed = self._listed(model)
        if artefact_format not in listed:
            raise UsageError(
                f"unknown format '{artefact_format}' of {model}: "
                f"{did_you_mean(artefact_format, listed)}",
                code="unknown_format",
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
                "export the model again",
                code="damaged_manifest",
            ) from error
        if not self._is_installed(entry):
            installed = ", ".join(self.formats(model)) or "none"
            raise MoodpiError(
                f"{model} {artefact_format} is not installed (installed: {installed}): "
                f"copy the file from moodpi's repository to {path}, "
                f"or export it with `moodpi export {model}`",
                code="artefact_not_installed",
            )
        _verify(path, expected)
        return Artefact(model, artefact_format, path, labels, top1)

    def _listed(self, model: str) -> dict[str, Any]:
        """The manifest's entries of a model, by format."""
        if model not in self._models:
            raise UsageError(
                f"unknown model '{model}': {did_you_mean(model, self._models)}",
                code="unknown_model",
            )
        entries: dict[str, Any] = self._models[model]["formats"]
        return entries

    def _is_installed(self, entry: dict[str, Any]) -> bool:
        # `find` reports an entry without `file`.
        return (self.folder / entry.get("file", "")).exists()


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}: reinstall moodpi", code="manifest_unreadable"
        ) from error
    except ValueError as error:
        raise MoodpiError(
            f"{path} is damaged: {error}: reinstall moodpi", code="damaged_manifest"
        ) from error
    if not isinstance(manifest, dict) or manifest.get("version") != MANIFEST_VERSION:
        raise MoodpiError(
            f"{path} is not a manifest of version {MANIFEST_VERSION}: reinstall moodpi",
            code="manifest_version",
        )
    models: Any = manifest.get("models")
    if not _well_formed(models):
        raise MoodpiError(
            f"{path} is damaged: its models lack formats or labels: reinstall moodpi",
            code="damaged_manifest",
        )
    entries: dict[str, Any] = models
    return entries


def _well_formed(models: object) -> bool:
    """Whether every model has the fields `formats` and `labels`."""
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
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}: reinstall moodpi", code="artefact_unreadable"
        ) from error
    if found != expected:
        raise MoodpiError(
            f"{path} has sha256 {found[:12]}..., the manifest lists {expected[:12]}...: "
            "the file was changed or is damaged; reinstall moodpi or export the model again",
            code="checksum_mismatch",
        )
