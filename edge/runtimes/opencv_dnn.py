"""OpenCV's DNN module, for float32 ONNX files if ONNX Runtime is not installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.runtimes import Runtime
from moodpi.errors import MoodpiError
from moodpi.files import descriptor_name
from moodpi.requirements import how_to_install
from moodpi.stderr import silenced_stderr


class OpenCvDnn(Runtime):
    """Runs float32 ONNX files with cv2.dnn, which does not support int8 (QDQ) files.

    threads: size of OpenCV's thread pool, which all of OpenCV shares.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        cv2.setNumThreads(threads)
        try:
            with descriptor_name(path) as name, silenced_stderr():
                self._network = cv2.dnn.readNetFromONNX(name)
        except cv2.error as error:
            raise MoodpiError(
                f"{path} cannot be loaded by OpenCV {cv2.__version__}, which supports only "
                f"float32: use float32.onnx, or {how_to_install('moodpi[onnx]')}",
                code="model_damaged",
            ) from error

    def infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self._network.setInput(face)
        return np.asarray(self._network.forward(), np.float32)[0]

    def description(self) -> dict[str, Any]:
        """Empty: OpenCV does not read metadata."""
        return {}
