"""Draws docs/models.png: the confusion matrices of both models on PublicTest.

`python -m tests.pictures.confusions FER2013.csv[.gz] FERPLUS_VOTES.csv` runs their int8.tflite.
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.registry import MODELS_FOLDER
from moodpi.files import write_atomic
from tests.conftest import ROOT
from training.data.loading import load_faces
from training.data.splits import validation_split
from training.evaluation.evaluated_model import EvaluatedModel
from training.evaluation.figures import draw_confusions
from training.evaluation.metrics import evaluate

MODELS = ("simple_cnn", "resnet50v2")


def main() -> None:
    """Evaluate, draw, write."""
    data, votes = Path(sys.argv[1]), Path(sys.argv[2])
    _, faces = validation_split(load_faces(data, votes), data)
    evaluations = {
        model: evaluate(_int8(model).logits(faces.images), faces.labels, faces.votes)
        for model in MODELS
    }
    write_atomic({ROOT / "docs" / "models.png": draw_confusions(evaluations)})


def _int8(model: str) -> EvaluatedModel:
    return EvaluatedModel.parse(str(MODELS_FOLDER / model / "int8.tflite"))


if __name__ == "__main__":
    main()
