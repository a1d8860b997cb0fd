"""LiteRT, the maintained runtime for TFLite files (package ai-edge-litert)."""

from __future__ import annotations

from typing import Any

from ai_edge_litert.interpreter import Interpreter

from edge.runtimes.tflite import TfliteInterpreter


class LiteRT(TfliteInterpreter):
    """Runs TFLite files with ai-edge-litert."""

    def create(self, path: str, threads: int) -> Any:
        return Interpreter(model_path=path, num_threads=threads)
