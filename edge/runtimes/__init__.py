"""Inference runtimes: one interface, one file per runtime, one table."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.artefact import INPUT_SHAPE
from moodpi.errors import MoodpiError
from moodpi.requirements import OPENCV, how_to_install
from moodpi.text import quoted


class Runtime(ABC):
    """A loaded model. Created from its file and the number of threads for inference."""

    @abstractmethod
    def __init__(self, path: Path, threads: int = 1) -> None: ...

    @abstractmethod
    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 [7] of one grey face uint8 [1, 48, 48, 1], 0..255."""

    @abstractmethod
    def description(self) -> dict[str, Any]:
        """The metadata in the file: model, input, labels, training, accuracy; empty without any."""


def check_input(path: Path, shape: Sequence[object], dtype: str) -> None:
    """Raise MoodpiError unless the model's input is one raw face uint8 [1, 48, 48, 1]."""
    if (*shape,) != INPUT_SHAPE or dtype != "uint8":
        raise MoodpiError(
            f"{path} has the input {dtype} {[*shape]}, expected uint8 {[*INPUT_SHAPE]}: use a file "
            "from `moodpi export` (`moodpi bench --against` compares other models)",
            code="wrong_model_input",
        )


# (Package to import, module here, class, requirement to install.)
RuntimeKind = tuple[str, str, str, str]
LITERT = ("ai_edge_litert", "litert", "LiteRT", "ai-edge-litert")
TFLITE_RUNTIME = ("tflite_runtime", "tflite_runtime", "TfliteRuntime", "moodpi[tflite-runtime]")
# The runtimes for each file suffix, the preferred one first. tflite-runtime ended with Python 3.11.
RUNTIMES: dict[str, tuple[RuntimeKind, ...]] = {
    ".tflite": (LITERT, TFLITE_RUNTIME) if sys.version_info < (3, 12) else (LITERT,),
    ".onnx": (
        ("onnxruntime", "onnxruntime", "OnnxRuntime", "moodpi[onnx]"),
        ("cv2", "opencv_dnn", "OpenCvDnn", OPENCV),
    ),
}


def load_runtime(path: Path, threads: int = 1, package: str | None = None) -> Runtime:
    """Load a model with the first installed runtime, or only with the runtime of `package`.

    Raises MoodpiError with the command that installs one if none is installed.
    """
    kinds = RUNTIMES.get(path.suffix)
    if kinds is None:
        raise MoodpiError(
            f"{path}: unknown model format {quoted(path.suffix)}, expected {', '.join(RUNTIMES)}",
            code="unknown_suffix",
        )
    if package is not None:
        kinds = tuple(kind for kind in kinds if kind[0] == package)
    for name, module, class_name, _ in kinds:
        if find_spec(name):
            runtime: type[Runtime] = getattr(import_module(f"edge.runtimes.{module}"), class_name)
            return runtime(path, threads)
    fixes = " or ".join(how_to_install(requirement) for *_, requirement in kinds)
    raise MoodpiError(
        f"no runtime for {path.suffix} files is installed: {fixes}", code="no_runtime"
    )
