"""Third-party classifiers with any image size and any input range."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError, UsageError, did_you_mean
from moodpi.files import descriptor_name, read_limited
from moodpi.text import quoted

# Input range to the factor and offset that map a grey level 0..255 to it.
SCALINGS = {"0..255": (1.0, 0.0), "0..1": (1 / 255, 0.0), "-1..1": (1 / 127.5, -1.0)}
# The largest message of protobuf, which ONNX files are.
MAX_MODEL_BYTES = 2**31 - 1
# The key of the folder in which ONNX Runtime finds the weights that an exporter has written to a
# file of their own (onnxruntime_session_options_config_keys.h).
EXTERNAL_DATA_FOLDER = "session.model_external_initializers_file_folder_path"


def check_scaling(name: str) -> str:
    """Return `name`; UsageError if it is not a key of SCALINGS."""
    if name not in SCALINGS:
        raise UsageError(
            f"unknown input range {quoted(name)}: {did_you_mean(name, SCALINGS)}",
            code="unknown_input_range",
        )
    return name


class ThirdPartyModel:
    """A .tflite or .onnx file whose first input is one image, channels first or last.

    Raises:
        MoodpiError: The file cannot be loaded, or its input is not one image.
    """

    def __init__(self, path: Path, threads: int, scaling: str) -> None:
        self._factor, self._offset = SCALINGS[scaling]
        load = _load_onnx if path.suffix == ".onnx" else _load_tflite
        try:
            shape, self._dtype, self._run = load(path, threads)
        except (ImportError, ValueError, RuntimeError) as error:
            raise MoodpiError(
                f"{path} cannot be loaded: {error}", code="cannot_load_model"
            ) from error
        self._shape = tuple(
            int(n) if isinstance(n, int | np.integer) and n > 0 else 1 for n in shape
        )
        if len(self._shape) != 4 or not {1, 3} & {self._shape[1], self._shape[3]}:
            raise MoodpiError(
                f"{path} has an input of shape {tuple(shape)}, expected one image: "
                "[1, height, width, channels] or [1, channels, height, width], 1 or 3 channels",
                code="unsupported_input",
            )

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The output for a grey face uint8 [1, 48, 48, 1], resized and scaled for the model."""
        channels_last = self._shape[3] in (1, 3)
        height, width = self._shape[1:3] if channels_last else self._shape[2:]
        channels = self._shape[3] if channels_last else self._shape[1]
        grey = cv2.resize(face[0, ..., 0], (width, height), interpolation=cv2.INTER_LINEAR)
        scaled = (grey.astype(np.float32) * self._factor + self._offset).astype(self._dtype)
        image = np.repeat(scaled[None, ..., None], channels, axis=3)
        return self._run(
            image if channels_last else np.ascontiguousarray(image.transpose(0, 3, 1, 2))
        )


InferFunction = Callable[[NDArray[Any]], NDArray[np.float32]]


def _load_onnx(path: Path, threads: int) -> tuple[Any, Any, InferFunction]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    options.add_session_config_entry(EXTERNAL_DATA_FOLDER, f"/proc/self/fd/{folder}")
    try:
        session = onnxruntime.InferenceSession(
            read_limited(path, MAX_MODEL_BYTES), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's exceptions have no common base class
        raise RuntimeError(str(error).splitlines()[0]) from error
    finally:
        os.close(folder)
    first = session.get_inputs()[0]
    dtype = np.uint8 if "uint8" in first.type else np.float32
    return first.shape, dtype, lambda image: session.run(None, {first.name: image})[0][0]


def _load_tflite(path: Path, threads: int) -> tuple[Any, Any, InferFunction]:
    from ai_edge_litert.interpreter import Interpreter

    with descriptor_name(path) as name:
        interpreter = Interpreter(model_path=name, num_threads=threads)
    interpreter.allocate_tensors()
    first, output = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def run(image: NDArray[Any]) -> NDArray[np.float32]:
        interpreter.set_tensor(first["index"], image)
        interpreter.invoke()
        result: NDArray[np.float32] = interpreter.get_tensor(output["index"])[0]
        return result

    return first["shape"], first["dtype"], run
