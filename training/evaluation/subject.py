"""What is evaluated: a model's weights in Keras, or an exported file as the Pi runs it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.artefact import WEIGHTS
from models.registry import MODELS_FOLDER, Registry
from models.weights import load_arrays
from moodpi.errors import MoodpiError, UsageError, did_you_mean
from training.architectures import ARCHITECTURES, architecture
from training.checkpoint import STORY

EXPORTED = (".tflite", ".onnx")
# The logarithm of a probability that a quantized file rounds to nothing.
SMALLEST = 1e-4


@dataclass(frozen=True)
class Subject:
    """name: for people. model: its architecture, empty for a file of which that is not known.
    path: the file that is run.
    """

    name: str
    model: str
    path: Path

    @classmethod
    def named(cls, text: str) -> Subject:
        """A model of the models folder, `MODEL=WEIGHTS.npz`, or an exported file's path.

        Raises UsageError for what is none of these and MoodpiError for a file that is not there.
        """
        model, equals, weights = text.partition("=")
        if equals and model in ARCHITECTURES:
            return cls(f"{model} ({Path(weights).name})", model, _there(Path(weights)))
        if text.endswith(EXPORTED):
            return cls(Path(text).name, _model_of(Path(text)), _there(Path(text)))
        if text not in ARCHITECTURES:
            raise UsageError(
                f"no model '{text}': {did_you_mean(text, ARCHITECTURES)}; "
                "or MODEL=WEIGHTS.npz, or a .tflite or .onnx file"
            )
        path = MODELS_FOLDER / text / WEIGHTS
        if not path.exists():
            raise MoodpiError(
                f"{text} has no weights in {MODELS_FOLDER / text}: train and export it, "
                f"or give {text}=WEIGHTS.npz"
            )
        return cls(text, text, path)

    def logits(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits [n, 7] of faces uint8 [n, 48, 48]; log-probabilities of an exported file."""
        if self.path.suffix in EXPORTED:
            return self._log_probabilities(faces)
        from training.model_weights import assign_weights

        network = architecture(self.model)()
        assign_weights(network, load_arrays(self.path), self.path)
        found: NDArray[np.float32] = network.predict(
            faces[..., None].astype(np.float32), 512, verbose=0
        )
        return found

    def parameters(self) -> int | None:
        """How many numbers were learned, statistics included; None where that is not known."""
        return architecture(self.model)().count_params() if self.model else None

    def history(self) -> list[dict[str, float]]:
        """The epochs of the run that the weights are of; empty where no story lies beside them."""
        story = self.path.with_name(STORY)
        if not story.exists():
            return []
        epochs: list[dict[str, float]] = json.loads(story.read_text(encoding="utf-8")).get(
            "history", []
        )
        return epochs

    def installed(self) -> dict[str, Any]:
        """Bytes of each installed format, by its name."""
        registry = Registry()
        if self.model not in registry.models():
            return {}
        artefacts = [registry.find(self.model, name) for name in registry.formats(self.model)]
        return {artefact.format: artefact.path.stat().st_size for artefact in artefacts}

    def _log_probabilities(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        from edge.runtimes import load_runtime

        runtime = load_runtime(self.path)
        found = np.stack([runtime.infer(face[None, ..., None]) for face in faces])
        return np.log(np.maximum(found, SMALLEST))


def _there(path: Path) -> Path:
    if not path.is_file():
        raise MoodpiError(f"no such file: {path}")
    return path


def _model_of(path: Path) -> str:
    """The architecture that an exported file says it is of, or its folder's name; else nothing."""
    return path.parent.name if path.parent.name in ARCHITECTURES else ""
