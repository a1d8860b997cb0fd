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
from moodpi.files import descriptor_name

# On x86-64 processors without VNNI, sums of int8 products overflow 16 bits and give wrong emotions.
# This option prevents that. It has no effect on other processors
# (onnxruntime_session_options_config_keys.h).
EXACT_ON_X86 = ("session.x64quantprecision", "1")


class OnnxRuntime(Runtime):
    """Runs ONNX files with onnxruntime on the CPU."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry(*EXACT_ON_X86)
        with descriptor_name(path) as name:
            try:
                self._session = onnxruntime.InferenceSession(
                    name, options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # onnxruntime's own exceptions share no base class
                reason = str(error).replace(name, path.name)
                message = f"{path} cannot be loaded: {reason}: export it again"
                raise MoodpiError(message, code="model_damaged") from error
        model_input = self._session.get_inputs()[0]
        check_input(
            path, model_input.shape, model_input.type.removeprefix("tensor(").removesuffix(")")
        )
        self._input = model_input.name

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        probabilities: NDArray[np.float32] = self._session.run(None, {self._input: face})[0][0]
        return probabilities

    def description(self) -> dict[str, Any]:
        text = self._session.get_modelmeta().custom_metadata_map.get(DESCRIPTION, "{}")
        description: dict[str, Any] = json.loads(text)
        return description
