"""tflite-runtime, the older runtime for TFLite files: Python up to 3.11 and numpy 1 only."""

from __future__ import annotations

from typing import Any

import numpy as np

from edge.runtimes.tflite import TfliteInterpreter
from moodpi.errors import MoodpiError

# With numpy 2 the import succeeds and the interpreter then fails, whatever its metadata says.
if int(np.__version__.split(".")[0]) >= 2:
    raise MoodpiError(
        f"tflite-runtime needs numpy below 2, found {np.__version__}: "
        "pip install 'numpy<2', or pip install ai-edge-litert"
    )

from tflite_runtime.interpreter import Interpreter


class TfliteRuntime(TfliteInterpreter):
    """TFLite files through tflite-runtime."""

    def create(self, path: str, threads: int) -> Any:
        return Interpreter(model_path=path, num_threads=threads)
