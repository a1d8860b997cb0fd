"""The unseen faces of PublicTest, classified by an exported file without any correction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.runtimes import load_runtime
from models.registry import MODELS_FOLDER
from training.data.duplicates import unseen_rows
from training.data.loading import load_faces
from training.evaluation.robustness import FaceImages


class UnseenFaces:
    """Faces and a model.

    Attributes:
        images: uint8 [n, 48, 48].
    """

    def __init__(self, data: Path, model: Path | None = None) -> None:
        """`data` is FER2013; the model is simple_cnn's int8.tflite unless another file is given."""
        self._runtime = load_runtime(model or MODELS_FOLDER / "simple_cnn/int8.tflite")
        splits = load_faces(data)
        faces = splits["PublicTest"].rows(unseen_rows(splits, "PublicTest"))
        self.images, self._labels = faces.images, faces.labels

    def right(
        self, images: FaceImages, rows: NDArray[np.bool_] | slice = slice(None)
    ) -> NDArray[np.bool_]:
        """Whether each face is classified correctly; `images` are the faces after a change.

        rows: which of the faces they are.
        """
        found = [self._runtime.infer(image[None, ..., None]).argmax() for image in images]
        return np.array(found) == self._labels[rows]
