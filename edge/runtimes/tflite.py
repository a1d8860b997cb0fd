"""The TensorFlow Lite interpreter, common to LiteRT and tflite-runtime."""

from __future__ import annotations

import json
import zipfile
from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.runtimes import Runtime, check_input
from models.artefact import DESCRIPTION
from moodpi.errors import MoodpiError
from moodpi.files import descriptor_name
from moodpi.stderr import silenced_stderr


class TfliteInterpreter(Runtime):
    """Runs an `Interpreter` with the input uint8 [1, 48, 48, 1] and the output float32 [1, 7]."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._path = path
        try:
            with descriptor_name(path) as name, silenced_stderr():
                self._interpreter = self.create(name, threads)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            reason = str(error).strip().partition("\n")[0]
            message = f"{path} cannot be loaded: {reason}: export it again"
            raise MoodpiError(message, code="model_damaged") from error
        model_input = self._interpreter.get_input_details()[0]
        check_input(path, model_input["shape"].tolist(), np.dtype(model_input["dtype"]).name)
        self._input = model_input["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    @abstractmethod
    def create(self, path: str, threads: int) -> Any:
        """The package's own Interpreter for the file."""

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self._interpreter.set_tensor(self._input, face)
        self._interpreter.invoke()
        probabilities: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        return probabilities

    def description(self) -> dict[str, Any]:
        """The ZIP entry that follows the model (TFLite Metadata)."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                description: dict[str, Any] = json.loads(archive.read(DESCRIPTION))
        except (zipfile.BadZipFile, KeyError, ValueError):
            return {}
        return description
