"""The base of the TFLite formats: conversion, checks, description, and running the file."""

from __future__ import annotations

import io
import json
import zipfile
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tensorflow.lite.python.convert import ConverterError

from convert.formats import ExportFormat
from convert.graph import inference_function, input_signature
from models.artefact import DESCRIPTION, INPUT_SHAPE
from moodpi.errors import MoodpiError
from moodpi.stderr import stderr_to_debug_log

# Prefixes of the operators that LiteRT does not have.
UNSUPPORTED_OPERATORS = ("Flex", "CUSTOM")


class TfliteFile:
    """An exported file, loaded in LiteRT as on the Pi.

    Attributes:
        input: LiteRT's details of the input tensor.
        output: LiteRT's details of the output tensor.
    """

    def __init__(self, content: bytes) -> None:
        with stderr_to_debug_log():
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            self.interpreter.allocate_tensors()
        self.input: dict[str, Any] = self.interpreter.get_input_details()[0]
        self.output: dict[str, Any] = self.interpreter.get_output_details()[0]

    def predict(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities [n, 7] for faces uint8 [n, 48, 48]."""
        return np.stack([self._infer(face) for face in faces])

    def operators(self) -> dict[str, int]:
        """The number of operators by kind, without delegates."""
        names = [d["op_name"] for d in self.interpreter._get_ops_details()]  # noqa: SLF001
        return dict(sorted(Counter(name for name in names if name != "DELEGATE").items()))

    def _infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.interpreter.set_tensor(self.input["index"], face[None, ..., None])
        self.interpreter.invoke()
        probabilities: NDArray[np.float32] = self.interpreter.get_tensor(self.output["index"])[0]
        return probabilities


class TfliteFormat(ExportFormat):
    """A TFLite format, converted by TensorFlow's TFLiteConverter."""

    # The dtype of the graph's input; the int8 converter quantizes a float input.
    input_type: tf.DType = tf.uint8

    @abstractmethod
    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        """Set the converter's options for this format."""

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        with stderr_to_debug_log():
            converter = tf.lite.TFLiteConverter.from_concrete_functions(
                [inference_function(model).get_concrete_function(input_signature(self.input_type))],
                tf.Module(),
            )
            self.prepare(converter, calibration)
            try:
                content: bytes = converter.convert()
            except (ConverterError, RuntimeError, ValueError) as error:
                raise MoodpiError(
                    f"the TFLite converter failed: {error}", code="conversion_failed"
                ) from error
        self.check(TfliteFile(content))
        return content

    def check(self, file: TfliteFile) -> None:
        """Raise MoodpiError if input, output or operators differ from those of an artefact."""
        actual = (file.input["dtype"], tuple(file.input["shape"]))
        if actual != (np.uint8, INPUT_SHAPE) or file.output["dtype"] != np.float32:
            raise MoodpiError(
                f"the exported file maps {actual[0].__name__} {actual[1]} to "
                f"{file.output['dtype'].__name__}, expected uint8 {INPUT_SHAPE} to float32",
                code="wrong_tensors",
            )
        unsupported = [name for name in file.operators() if name.startswith(UNSUPPORTED_OPERATORS)]
        if unsupported:
            raise MoodpiError(
                f"the exported file needs operators that LiteRT lacks: {', '.join(unsupported)}",
                code="unsupported_operators",
            )

    def with_description(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The content with a ZIP archive of the description appended, as in TFLite Metadata.

        LiteRT reads the model from the start of the file, `unzip -p int8.tflite moodpi.json` the
        description from its end. The alignment of the model's own bytes does not change.
        """
        stream = io.BytesIO(content)
        stream.seek(0, io.SEEK_END)
        with zipfile.ZipFile(stream, "a") as archive:
            # Without a date, so the same export gives the same bytes.
            archive.writestr(zipfile.ZipInfo(DESCRIPTION), json.dumps(description, indent=1))
        return stream.getvalue()

    def operators(self, content: bytes) -> dict[str, int]:
        return TfliteFile(content).operators()

    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        return TfliteFile(content).predict(faces)
