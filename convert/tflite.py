"""Runs a TFLite file as the Pi will: raw bytes in, through LiteRT, one face at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from training.quiet import quiet


class TfliteFile:
    """An exported file, loaded. `input` and `output`: LiteRT's own details of the tensors."""

    def __init__(self, content: bytes) -> None:
        with quiet():
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            self.interpreter.allocate_tensors()
        self.input: dict[str, Any] = self.interpreter.get_input_details()[0]
        self.output: dict[str, Any] = self.interpreter.get_output_details()[0]

    def predict(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities [n, 7] of raw faces uint8 [n, 48, 48]."""
        return np.stack([self._infer(face) for face in faces])

    def _infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.interpreter.set_tensor(self.input["index"], face[None, ..., None])
        self.interpreter.invoke()
        probabilities: NDArray[np.float32] = self.interpreter.get_tensor(self.output["index"])[0]
        return probabilities
