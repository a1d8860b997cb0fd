"""ONNX in int8, quantized statically by ONNX Runtime."""

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

from convert.acceptance import INT8_CRITERIA
from convert.float32_onnx import Float32Onnx
from convert.onnx_file import OnnxFormat
from moodpi.stderr import stderr_to_debug_log


class Int8Onnx(OnnxFormat):
    """Quantize and dequantize nodes (QDQ) around each operator; int8 weights per channel.

    ONNX Runtime fuses them into integer kernels when it loads the file.
    """

    criteria = INT8_CRITERIA

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        content = Float32Onnx().convert(model, calibration)
        with stderr_to_debug_log(), tempfile.TemporaryDirectory() as folder:
            float32, preprocessed, int8 = (
                Path(folder) / name for name in ("float32.onnx", "preprocessed.onnx", "int8.onnx")
            )
            float32.write_bytes(content)
            quant_pre_process(float32, preprocessed, skip_symbolic_shape=True)
            quantize_static(
                preprocessed,
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
    """Reads faces uint8 [n, 48, 48, 1] one at a time."""

    def __init__(self, faces: NDArray[np.uint8]) -> None:
        self._faces = iter(faces)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        face = next(self._faces, None)
        return None if face is None else {"faces": face[None]}
