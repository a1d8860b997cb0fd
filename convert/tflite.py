"""What all TFLite formats share: the converter's manners, the description, and running the file."""

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
from convert.graph import inference, signature
from models.artefact import DESCRIPTION, INPUT_SHAPE
from moodpi.errors import MoodpiError
from moodpi.stderr import stderr_to_debug_log

# What LiteRT calls the operators it does not have itself.
FOREIGN = ("Flex", "CUSTOM")


class TfliteFile:
    """An exported file, loaded as the Pi will. `input` and `output`: LiteRT's details of them."""

    def __init__(self, content: bytes) -> None:
        with stderr_to_debug_log():
            self.interpreter = Interpreter(model_content=content, num_threads=1)
            self.interpreter.allocate_tensors()
        self.input: dict[str, Any] = self.interpreter.get_input_details()[0]
        self.output: dict[str, Any] = self.interpreter.get_output_details()[0]

    def predict(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities [n, 7] of raw faces uint8 [n, 48, 48]."""
        return np.stack([self._infer(face) for face in faces])

    def operators(self) -> dict[str, int]:
        """How many there are of each kind, delegates left out."""
        names = [d["op_name"] for d in self.interpreter._get_ops_details()]  # noqa: SLF001
        return dict(sorted(Counter(name for name in names if name != "DELEGATE").items()))

    def _infer(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.interpreter.set_tensor(self.input["index"], face[None, ..., None])
        self.interpreter.invoke()
        probabilities: NDArray[np.float32] = self.interpreter.get_tensor(self.output["index"])[0]
        return probabilities


class TfliteFormat(ExportFormat):
    """One way to set TensorFlow's converter."""

    # What the graph takes: int8 files quantize a float input themselves.
    input_type: tf.DType = tf.uint8

    @abstractmethod
    def prepare(self, converter: tf.lite.TFLiteConverter, calibration: NDArray[np.uint8]) -> None:
        """Set what makes this format what it is."""

    def convert(self, model: keras.Model, calibration: NDArray[np.uint8]) -> bytes:
        with stderr_to_debug_log():
            converter = tf.lite.TFLiteConverter.from_concrete_functions(
                [inference(model).get_concrete_function(signature(self.input_type))], tf.Module()
            )
            self.prepare(converter, calibration)
            try:
                content: bytes = converter.convert()
            except (ConverterError, RuntimeError, ValueError) as error:
                raise MoodpiError(f"the TFLite converter failed: {error}") from error
        self.check(TfliteFile(content))
        return content

    def check(self, file: TfliteFile) -> None:
        """MoodpiError where the file is not what every artefact of moodpi's is."""
        found = (file.input["dtype"], tuple(file.input["shape"]))
        if found != (np.uint8, INPUT_SHAPE) or file.output["dtype"] != np.float32:
            raise MoodpiError(
                f"the exported file takes {found[0].__name__} {found[1]} and gives "
                f"{file.output['dtype'].__name__}, expected uint8 {INPUT_SHAPE} and float32"
            )
        foreign = [name for name in file.operators() if name.startswith(FOREIGN)]
        if foreign:
            raise MoodpiError(f"the exported file needs {', '.join(foreign)}, which LiteRT lacks")

    def described(self, content: bytes, description: Mapping[str, Any]) -> bytes:
        """The description as a ZIP archive behind the model, as TFLite Metadata does it.

        LiteRT reads the model from the start, `unzip -p int8.tflite moodpi.json` the description
        from the end; and the model's own bytes stay as the converter aligned them.
        """
        stream = io.BytesIO(content)
        stream.seek(0, io.SEEK_END)
        with zipfile.ZipFile(stream, "a") as archive:
            # No date of its own: the same export gives the same bytes.
            archive.writestr(zipfile.ZipInfo(DESCRIPTION), json.dumps(description, indent=1))
        return stream.getvalue()

    def operators(self, content: bytes) -> dict[str, int]:
        return TfliteFile(content).operators()

    def predict(self, content: bytes, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        return TfliteFile(content).predict(faces)
