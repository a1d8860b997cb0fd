"""Every format a model can be exported to: one line here, one class in a file beside this one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from convert.gate import Gate
from moodpi.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    import keras


class ExportFormat(ABC):
    """How one format is made of a Keras model, described, counted and run."""

    gate: ClassVar[Gate]

    @abstractmethod
    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        """The file's content. `calibration` is real faces uint8 [n, 48, 48, 1].

        Raises MoodpiError where the converter fails or its result is not what was asked for.
        """

    @abstractmethod
    def described(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The content with a description inside, which edge.runtimes reads back."""

    @abstractmethod
    def operators(self, content: bytes) -> dict[str, int]:
        """How many there are of each kind of operator; custom ones are named `custom:...`."""

    @abstractmethod
    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities [n, 7] that the file itself gives for raw faces uint8 [n, 48, 48]."""


# The format's name, which is also the file's: (module here, class).
FORMATS = {
    "float32.tflite": ("float_tflite", "Float32Tflite"),
    "float16.tflite": ("float_tflite", "Float16Tflite"),
    "dynamic.tflite": ("float_tflite", "DynamicTflite"),
    "int8.tflite": ("int8_tflite", "Int8Tflite"),
    "float32.onnx": ("float32_onnx", "Float32Onnx"),
    "int8.onnx": ("int8_onnx", "Int8Onnx"),
}


def check_formats(names: Iterable[str]) -> list[str]:
    """Return the names, each once, or raise UsageError with the nearest to an unknown one."""
    unique = list(dict.fromkeys(names))
    for name in unique:
        if name not in FORMATS:
            raise UsageError(f"unknown format '{name}': {did_you_mean(name, FORMATS)}")
    return unique


def export_format(name: str) -> ExportFormat:
    """The exporter of a format that `check_formats` let through; loads what it needs."""
    module, class_name = FORMATS[name]
    exporter: type[ExportFormat] = getattr(import_module(f"convert.{module}"), class_name)
    return exporter()
