"""The TensorFlow Lite interpreter's interface, which LiteRT and tflite-runtime share."""

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
from moodpi.stderr import silenced_stderr


class TfliteInterpreter(Runtime):
    """Drives an `Interpreter` whose input is uint8 [1, 48, 48, 1] and output float32 [1, 7]."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._path = path
        try:
            with silenced_stderr():
                self._interpreter = self.create(str(path), threads)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise MoodpiError(f"{path} cannot be loaded: {reason}: export it again") from error
        given = self._interpreter.get_input_details()[0]
        check_input(path, given["shape"].tolist(), np.dtype(given["dtype"]).name)
        self._input = given["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    @abstractmethod
    def create(self, path: str, threads: int) -> Any:
        """Return the package's own Interpreter for the file."""

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self._interpreter.set_tensor(self._input, face)
        self._interpreter.invoke()
        probabilities: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        return probabilities

    def description(self) -> dict[str, Any]:
        """The ZIP entry behind the model, as TFLite Metadata has it."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                described: dict[str, Any] = json.loads(archive.read(DESCRIPTION))
        except (zipfile.BadZipFile, KeyError, ValueError):
            return {}
        return described
