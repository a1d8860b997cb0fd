"""The answers of all installed model files to one face."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import ModelSettings
from edge.runtimes import load_runtime
from edge.vision.classifier import EmotionClassifier
from edge.vision.mirror import MirrorAveragingClassifier
from edge.vision.photo_pipeline import CroppedFace
from models.registry import Registry
from moodpi.errors import MoodpiError

# The time of a file is the shortest of so many classifications: other processes only lengthen it.
TIMED_CLASSIFICATIONS = 5


def installed_files() -> list[tuple[str, str]]:
    """Model and format of every installed file."""
    registry = Registry()
    return [(model, name) for model in registry.models() for name in registry.formats(model)]


def compared_file(settings: ModelSettings, face: CroppedFace) -> dict[str, object]:
    """One file's answer to a face, as a row of POST /api/compare.

    The file is loaded for this answer alone. One that cannot be loaded, for example because its
    runtime is not installed, has an `error` in its row.

    Args:
        settings: The file, and the number of threads.
        face: Of a photo; the time is that of its first crop.
    """
    row: dict[str, object] = {"model": settings.name, "format": settings.format}
    try:
        artefact = Registry().find(settings.name, settings.format)
        classifier = EmotionClassifier(load_runtime(artefact.path, settings.threads))
    except MoodpiError as error:
        return {**row, "error": str(error)}
    answer = face.classified(MirrorAveragingClassifier(classifier))
    return {
        **row,
        "accuracy": artefact.top1,
        "bytes": artefact.path.stat().st_size,
        "milliseconds": round(1e3 * _seconds(classifier, face.crops[0]), 3),
        "face": answer.to_json(),
    }


def _seconds(classifier: EmotionClassifier, face: NDArray[np.uint8]) -> float:
    """The time of one classification, after the first one."""
    seconds = []
    for _ in range(TIMED_CLASSIFICATIONS):
        started = time.perf_counter()
        classifier.classify(face)
        seconds.append(time.perf_counter() - started)
    return min(seconds)
