"""The registry of the trained artefacts. It verifies an artefact before it is used."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError, UsageError, did_you_mean
from moodpi.paths import models_folder
from moodpi.text import quoted

log = logging.getLogger(__name__)

MODELS_FOLDER = Path(__file__).parent
MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
# Suffixes of exported files.
EXPORTED_SUFFIXES = (".tflite", ".onnx")


@dataclass(frozen=True)
class Artefact:
    """An exported model file, verified against the manifest.

    Attributes:
        model: The model's name, such as simple_cnn.
        format: The file's format, such as int8.tflite.
        path: The file.
        labels: The emotion of each output, in order.
        top1: Top-1 accuracy of the exported file, 0..1, on the faces of FER2013's PublicTest that
            are not in Training; None if it was not measured.
    """

    model: str
    format: str
    path: Path
    labels: tuple[str, ...]
    top1: float | None


def artefact_of_file(path: Path) -> Artefact:
    """The artefact of an exported file that no manifest lists: its contents are not verified.

    Raises MoodpiError if there is no such file.
    """
    if not path.is_file():
        raise MoodpiError(f"no such file: {path}", code="no_such_file")
    return Artefact(path.stem, path.suffix[1:], path, EMOTIONS, None)


class Registry:
    """The artefacts of models folders, as their manifests list them.

    folders: the models folders; a model of an earlier folder precedes one of a later folder. The
        default is moodpi's own models, then the user's. A damaged manifest of the user is logged
        and its models are left out.

    Raises MoodpiError if the manifest of the first folder cannot be read or is damaged.
    """

    def __init__(self, *folders: Path) -> None:
        first, *others = folders or (MODELS_FOLDER, models_folder())
        self._models = _read_manifest(first / MANIFEST)
        self._folders = dict.fromkeys(self._models, first)
        for folder in others:
            for model, entry in _read_optional_manifest(folder / MANIFEST).items():
                if model not in self._models:
                    self._models[model] = entry
                    self._folders[model] = folder

    def models(self) -> list[str]:
        """The names of all models."""
        return list(self._models)

    def folder(self, model: str) -> Path:
        """The folder that holds the files of a model. Raises UsageError for an unknown model."""
        self._listed(model)
        return self._folders[model] / model

    def architecture(self, model: str) -> str:
        """The architecture of a model. Raises UsageError for an unknown model."""
        self._listed(model)
        return str(self._models[model].get("architecture", model))

    def formats(self, model: str) -> list[str]:
        """The installed formats of a model. Raises UsageError for an unknown model.

        The wheel contains only some of the formats that the manifest lists.
        """
        listed = self._listed(model)
        return [name for name, entry in listed.items() if self._path(model, entry).exists()]

    def find(self, model: str, artefact_format: str) -> Artefact:
        """The artefact of a model in a format, after its sha256 was verified.

        Raises:
            UsageError: The model or the format is unknown.
            MoodpiError: The file is not installed, cannot be read or has another sha256.
        """
        listed = self._listed(model)
        if artefact_format not in listed:
            raise UsageError(
                f"the model {model} has no format {quoted(artefact_format)}: "
                f"{did_you_mean(artefact_format, listed)} "
                "(--format, or format under [model])",
                code="unknown_format",
            )
        try:
            entry = listed[artefact_format]
            path = self._folders[model] / entry["file"]
            labels = tuple(self._models[model]["labels"])
            expected = entry["sha256"]
            top1 = entry.get("accuracy", {}).get("unseen_top1")
        except (KeyError, TypeError, AttributeError) as error:
            manifest = self._folders[model] / MANIFEST
            raise MoodpiError(
                f"{manifest}: the entry of {model} {artefact_format} lacks {error}: "
                "export the model again",
                code="damaged_manifest",
            ) from error
        if not path.exists():
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
                f"unknown model {quoted(model)}: {did_you_mean(model, self._models)}",
                code="unknown_model",
            )
        entries: dict[str, Any] = self._models[model]["formats"]
        return entries

    def _path(self, model: str, entry: dict[str, Any]) -> Path:
        # `find` reports an entry without `file`.
        return self._folders[model] / entry.get("file", "")


def _read_optional_manifest(path: Path) -> dict[str, Any]:
    """The models of a manifest; none if there is no such file or if it is damaged."""
    try:
        return _read_manifest(path) if path.exists() else {}
    except (MoodpiError, OSError) as error:
        log.warning("the models of %s are left out: %s", path.parent, error)
        return {}


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
