"""What the ONNX formats share: the description, the operators, and running the file."""

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
from models.artefact import DESCRIPTION

# The domains whose operators ONNX Runtime itself brings.
STANDARD_DOMAINS = ("", "ai.onnx")


class OnnxFormat(ExportFormat):
    """One ONNX file."""

    def described(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The description as an entry of the file's `metadata_props`."""
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
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return np.stack([session.run(None, {name: face[None, ..., None]})[0][0] for face in faces])
