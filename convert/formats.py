"""The export formats: one line in the table here, one class in its own file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from convert.acceptance import AcceptanceCriteria
from convert.accuracy import Accuracy
from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

if TYPE_CHECKING:
    import keras


class ExportFormat(ABC):
    """Converts a Keras model to one format, describes the file, inspects and runs it."""

    criteria: ClassVar[AcceptanceCriteria]

    @abstractmethod
    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        """The content of the file. `calibration` is real faces, uint8 [n, 48, 48, 1].

        Raises MoodpiError if the converter fails or the file has the wrong input or output.
        """

    @abstractmethod
    def with_description(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The content with an embedded description, which edge.runtimes reads."""

    @abstractmethod
    def operators(self, content: bytes) -> dict[str, int]:
        """The number of operators by kind. Custom ones are named `custom:...`."""

    @abstractmethod
    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Run the file: probabilities [n, 7] for faces uint8 [n, 48, 48]."""


@dataclass(frozen=True)
class FormatResult:
    """The result of exporting one format.

    Attributes:
        name: The format.
        content: The content of the file; empty if the conversion failed.
        accuracy: Measured by running the file; None if the conversion failed.
        operators: The number of operators by kind.
        failure: Why the file is not installed; empty if it is.
    """

    name: str
    content: bytes = b""
    accuracy: Accuracy | None = None
    operators: Mapping[str, int] | None = None
    failure: str = ""


# By name, which is also the file's: the module in this package and the class.
FORMATS = {
    "float32.tflite": ("float_tflite", "Float32Tflite"),
    "float16.tflite": ("float_tflite", "Float16Tflite"),
    "dynamic.tflite": ("float_tflite", "DynamicTflite"),
    "int8.tflite": ("int8_tflite", "Int8Tflite"),
    "float32.onnx": ("float32_onnx", "Float32Onnx"),
    "int8.onnx": ("int8_onnx", "Int8Onnx"),
}


def check_formats(names: Iterable[str]) -> list[str]:
    """The names without repetitions. Raises UsageError for an unknown one."""
    unique = list(dict.fromkeys(names))
    for name in unique:
        if name not in FORMATS:
            raise UsageError(
                f"unknown format {quoted(name)}: {did_you_mean(name, FORMATS)}",
                code="unknown_format",
            )
    return unique


def load_format(name: str) -> ExportFormat:
    """The format of a name in FORMATS. Imports the converter that it needs."""
    module, class_name = FORMATS[name]
    export_format: type[ExportFormat] = getattr(import_module(f"convert.{module}"), class_name)
    return export_format()
