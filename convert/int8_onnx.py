"""ONNX in int8, by ONNX Runtime's static quantization."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from convert.float32_onnx import Float32Onnx
from convert.gate import INTEGER
from convert.onnx_file import OnnxFormat
from moodpi.stderr import stderr_to_debug_log


class Int8Onnx(OnnxFormat):
    """Quantize and dequantize nodes (QDQ) around each operator, weights per channel.

    ONNX Runtime fuses them into integer kernels when it loads the file.
    """

    gate = INTEGER

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        content = Float32Onnx().convert(model, calibration)
        with stderr_to_debug_log(), tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("float32.onnx", "ready.onnx", "int8.onnx")]
            float32, ready, int8 = paths
            float32.write_bytes(content)
            quant_pre_process(float32, ready, skip_symbolic_shape=True)
            quantize_static(
                ready,
                int8,
                _Faces(calibration),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
            return int8.read_bytes()


class _Faces(CalibrationDataReader):
    """Faces uint8 [n, 48, 48, 1], one after the other."""

    def __init__(self, faces: NDArray[np.uint8]) -> None:
        self._left = iter(faces)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        face = next(self._left, None)
        return None if face is None else {"faces": face[None]}
