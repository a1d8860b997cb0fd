"""What runs an exported model: one interface, one file per runtime, one table."""

from __future__ import annotations

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


class Runtime(ABC):
    """A loaded model. Built from the path of its file and the number of threads it may use."""

    @abstractmethod
    def __init__(self, path: Path, threads: int = 1) -> None: ...

    @abstractmethod
    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 [7] of one face uint8 [1, 48, 48, 1], grey 0..255."""

    @abstractmethod
    def description(self) -> dict[str, Any]:
        """What the file says of itself: model, input, labels, training, accuracy; empty if not."""


def check_input(path: Path, shape: Sequence[object], dtype: str) -> None:
    """MoodpiError where a file takes something else than one raw face uint8 [1, 48, 48, 1]."""
    if (*shape,) != INPUT_SHAPE or dtype != "uint8":
        raise MoodpiError(
            f"{path} takes {dtype} {[*shape]}, expected uint8 {[*INPUT_SHAPE]}: a file that "
            "`moodpi export` made (another's can be held beside ours by `moodpi bench --against`)"
        )


# Suffix of the file: the runtimes that take it, the preferred first.
# Each is (package to import, module here, class, the requirement that brings it).
RUNTIMES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    ".tflite": (
        ("ai_edge_litert", "litert", "LiteRT", "ai-edge-litert"),
        ("tflite_runtime", "tflite_runtime", "TfliteRuntime", "moodpi[tflite-runtime]"),
    ),
    ".onnx": (
        ("onnxruntime", "onnxruntime", "OnnxRuntime", "moodpi[onnx]"),
        ("cv2", "opencv_dnn", "OpenCvDnn", OPENCV),
    ),
}


def load_runtime(path: Path, threads: int = 1, package: str | None = None) -> Runtime:
    """Load the model with the first installed runtime, or with that of `package` alone.

    MoodpiError says what to install where there is none.
    """
    kinds = RUNTIMES.get(path.suffix)
    if kinds is None:
        raise MoodpiError(f"{path}: no runtime for '{path.suffix}', expected {', '.join(RUNTIMES)}")
    if package is not None:
        kinds = tuple(kind for kind in kinds if kind[0] == package)
    for name, module, class_name, _ in kinds:
        if find_spec(name):
            runtime: type[Runtime] = getattr(import_module(f"edge.runtimes.{module}"), class_name)
            return runtime(path, threads)
    fixes = " or ".join(how_to_install(requirement) for *_, requirement in kinds)
    raise MoodpiError(f"no runtime for {path.suffix} files is installed: {fixes}")
