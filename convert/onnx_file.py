"""The base of the ONNX formats: embedded description, operators, and running the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from convert.formats import ExportFormat
from edge.runtimes.onnxruntime import EXACT_ON_X86
from models.artefact import DESCRIPTION

# The domains of ONNX's own operators.
STANDARD_DOMAINS = ("", "ai.onnx")


class OnnxFormat(ExportFormat):
    """An ONNX format, run by ONNX Runtime on one thread."""

    def with_description(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The content with the description in the model's `metadata_props`."""
        model = onnx.load_from_string(content)
        model.metadata_props.add(key=DESCRIPTION, value=json.dumps(description))
        return model.SerializeToString(deterministic=True)

    def operators(self, content: bytes) -> dict[str, int]:
        nodes = onnx.load_from_string(content).graph.node
        names = [
            node.op_type if node.domain in STANDARD_DOMAINS else f"custom:{node.op_type}"
            for node in nodes
        ]
        return dict(sorted(Counter(names).items()))

    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry(*EXACT_ON_X86)
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return np.stack([session.run(None, {name: face[None, ..., None]})[0][0] for face in faces])
