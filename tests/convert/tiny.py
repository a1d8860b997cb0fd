"""A model that is trained and exported within seconds."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from convert.installation import Destination
from convert.trained_weights import TrainedWeights
from training.data.faces import Faces

keras = pytest.importorskip("keras", reason="needs moodpi[convert]")
pytest.importorskip("tensorflow", reason="needs moodpi[convert]")
export = pytest.importorskip("convert.export", reason="needs moodpi[convert]")
NormalizedConv2D = pytest.importorskip("training.architectures.layers").NormalizedConv2D
registered = pytest.importorskip("tests.training.tiny").registered


def known_architecture() -> AbstractContextManager[None]:
    """Register the architecture "tiny" inside the block."""
    return registered(build_tiny)


def build_tiny() -> Any:
    faces = keras.Input((48, 48, 1), name="faces")
    x = keras.layers.Rescaling(1.0, offset=-127.5, name="centre")(faces)
    x = keras.layers.Rescaling(1 / 127.5, name="scale")(x)
    x = keras.layers.ReLU()(NormalizedConv2D(8, name="conv_a")(x))
    x = keras.layers.Add()([NormalizedConv2D(8, name="conv_b")(x), x])
    x = keras.layers.Flatten()(keras.layers.MaxPooling2D(6)(x))
    return keras.Model(faces, keras.layers.Dense(7, name="logits")(x), name="tiny")


def export_tiny(
    weights: Path, splits: dict[str, Faces], folder: Path, *formats: str, replace: bool = False
):
    trained = TrainedWeights.read(weights)
    destination = Destination(folder, "tiny", replace=replace)
    return export.export_model("tiny", [*formats] or ["int8.tflite"], trained, splits, destination)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
