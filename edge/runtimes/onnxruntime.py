"""ONNX Runtime, for ONNX files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edge.runtimes import Runtime, check_input
from models.artefact import DESCRIPTION
from moodpi.errors import MoodpiError

# Where an x86-64 processor has no VNNI, sums of products of int8 overflow 16 bits, and many a face
# is read as something else. With this they do not; processors that have it, and ARM's, do nothing
# differently (onnxruntime_session_options_config_keys.h).
EXACT_ON_X86 = ("session.x64quantprecision", "1")


class OnnxRuntime(Runtime):
    """ONNX files through onnxruntime, on the processor."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry(*EXACT_ON_X86)
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own exceptions share no base class
            raise MoodpiError(f"{path} cannot be loaded: {error}: export it again") from error
        given = self._session.get_inputs()[0]
        check_input(path, given.shape, given.type.removeprefix("tensor(").removesuffix(")"))
        self._input = given.name

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        probabilities: NDArray[np.float32] = self._session.run(None, {self._input: face})[0][0]
        return probabilities

    def description(self) -> dict[str, Any]:
        told = self._session.get_modelmeta().custom_metadata_map.get(DESCRIPTION, "{}")
        described: dict[str, Any] = json.loads(told)
        return described
