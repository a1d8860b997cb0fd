"""Draws docs/curves.png: validation accuracy over the last training cycle of each model.

`python -m tests.pictures.curves` reads models/*/run.json.
"""

from __future__ import annotations

import json

from moodpi.files import write_atomic
from tests.conftest import ROOT
from training.evaluation.figures import draw_accuracy_curves

MODELS = ("simple_cnn", "resnet50v2")


def main() -> None:
    """Read, draw, write."""
    records = {model: ROOT / "models" / model / "run.json" for model in MODELS}
    histories = {
        model: json.loads(record.read_text())["history"] for model, record in records.items()
    }
    write_atomic({ROOT / "docs" / "curves.png": draw_accuracy_curves(histories)})


if __name__ == "__main__":
    main()
