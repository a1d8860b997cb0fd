"""The model under evaluation: weights run in Keras, or an exported file run as on the Pi."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge.vision.face_correction import correct_face
from models.artefact import WEIGHTS
from models.registry import EXPORTED_SUFFIXES, Registry
from models.weights import load_arrays
from moodpi.errors import MoodpiError, UsageError, did_you_mean
from moodpi.text import escape_controls, quoted
from training.architectures import ARCHITECTURES, architecture
from training.evaluation.temperature import softmax
from training.run_folder import RUN_RECORD

if TYPE_CHECKING:
    import keras

# The format of an installed model whose latency is measured.
LATENCY_FORMAT = "int8.tflite"
# Quantized files round small probabilities to 0, which has no logarithm.
MIN_PROBABILITY = 1e-4


@dataclass(frozen=True)
class EvaluatedModel:
    """A model and the file that is evaluated.

    Attributes:
        name: The name in tables and figures, without control characters.
        architecture: The name of its architecture; empty for an exported file of an unknown one.
        path: The weights or the exported file.
        exported: The exported files of exactly this model, by format; none for weights of a run.

    """

    name: str
    architecture: str
    path: Path
    exported: Mapping[str, Path]

    @classmethod
    def parse(cls, text: str) -> EvaluatedModel:
        """The model that `text` names: an installed model, MODEL=WEIGHTS.npz, or an exported file.

        Raises UsageError for any other text, and MoodpiError if the file does not exist.
        """
        model, equals, weights = text.partition("=")
        name = escape_controls(text)
        if equals and model in ARCHITECTURES:
            return cls(name, model, _existing(Path(weights)), {})
        if text.endswith(EXPORTED_SUFFIXES):
            path = _existing(Path(text))
            return cls(name, _architecture_of(path), path, {path.name: path})
        registry = Registry()
        if text not in registry.models():
            names = {**dict.fromkeys(registry.models()), **ARCHITECTURES}
            raise UsageError(
                f"unknown model {quoted(text)}: {did_you_mean(text, names)}; "
                "MODEL=WEIGHTS.npz and .tflite or .onnx files are accepted too",
                code="unknown_model",
            )
        path = registry.folder(text) / WEIGHTS
        if not path.exists():
            raise MoodpiError(
                f"{text} has no weights in {path.parent}: train and export it, "
                f"or give {registry.architecture(text)}=WEIGHTS.npz",
                code="no_weights",
            )
        exported = {name: registry.find(text, name).path for name in registry.formats(text)}
        return cls(text, registry.architecture(text), path, exported)

    @property
    def needs_keras(self) -> bool:
        """Whether it is run by Keras and not by a runtime."""
        return self.path.suffix not in EXPORTED_SUFFIXES

    @property
    def timed_format(self) -> str:
        """The format whose latency is measured; empty if there is no such file."""
        if not self.needs_keras:
            return self.path.name
        return LATENCY_FORMAT if LATENCY_FORMAT in self.exported else ""

    def logits(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits [n, 7] for faces uint8 [n, 48, 48]; log-probabilities for an exported file.

        The faces are corrected first, as on the Pi.
        """
        faces = np.stack([correct_face(face) for face in faces])
        if not self.needs_keras:
            return self._log_probabilities(faces)
        logits: NDArray[np.float32] = self._network.predict(
            faces[..., None].astype(np.float32), 512, verbose=0
        )
        return logits

    def mirror_averaged(
        self, logits: NDArray[np.float32], faces: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """Mean probabilities [n, 7] of faces and their mirror images; `logits` are the faces'."""
        mirrored = self.logits(np.ascontiguousarray(faces[:, :, ::-1]))
        return ((softmax(logits) + softmax(mirrored)) / 2).astype(np.float32)

    def parameters(self) -> int | None:
        """The number of parameters, statistics included; None if the architecture is unknown."""
        return architecture(self.architecture)().count_params() if self.architecture else None

    def history(self) -> list[dict[str, float]]:
        """The metrics of each epoch from the run record next to the weights; empty without one."""
        record = self.path.with_name(RUN_RECORD)
        if not record.exists():
            return []
        history: list[dict[str, float]] = json.loads(record.read_text(encoding="utf-8")).get(
            "history", []
        )
        return history

    @cached_property
    def _network(self) -> keras.Model:
        """The model with its weights. It is built once, because TensorFlow traces each new one."""
        # heavy import (Keras); exported files do not need it
        from training.model_weights import assign_weights

        network = architecture(self.architecture)()
        assign_weights(network, load_arrays(self.path), self.path)
        return network

    def _log_probabilities(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Classify parts of the faces at the same time; a runtime computes without the GIL."""
        # optional import; Keras weights do not need a runtime
        from edge.runtimes import load_runtime

        def infer(part: NDArray[np.intp]) -> list[NDArray[np.float32]]:
            runtime = runtimes.pop()
            return [runtime.infer(face[None, ..., None]) for face in faces[part]]

        parts = np.array_split(np.arange(len(faces)), min(os.cpu_count() or 1, len(faces)))
        runtimes = [load_runtime(self.path) for _ in parts]
        with ThreadPoolExecutor(len(parts)) as pool:
            probabilities = np.stack([each for part in pool.map(infer, parts) for each in part])
        return np.log(np.maximum(probabilities, MIN_PROBABILITY))


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise MoodpiError(f"no such file: {path}", code="no_such_file")
    return path


def _architecture_of(path: Path) -> str:
    """The architecture that the description in an exported file names; empty if none."""
    # optional import; Keras weights do not need a runtime
    from edge.runtimes import load_runtime

    name = load_runtime(path).description().get("model", "")
    return name if name in ARCHITECTURES else ""
