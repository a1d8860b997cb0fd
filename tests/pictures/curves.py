"""Draws docs/curves.png: validation accuracy over the last training cycle of each model.

`python -m tests.pictures.curves` reads models/*/run.json.
"""

from __future__ import annotations

import io
import json

import matplotlib as mpl

from models.palette import EDGE, INK, PAPER, SERIES, SOFT
from moodpi.files import write_atomic
from tests.conftest import ROOT

mpl.use("Agg")
from matplotlib import pyplot as plt

MODELS = ("simple_cnn", "resnet50v2")


def main() -> None:
    """Read, draw, write."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained", facecolor=PAPER)
    for model, colour in zip(MODELS, SERIES, strict=True):
        run = json.loads((ROOT / "models" / model / "run.json").read_text())
        top1 = [100 * epoch["validation_top1"] for epoch in run["history"]]
        axes.plot(range(1, len(top1) + 1), top1, color=colour, linewidth=2, label=model)
    axes.set_facecolor(PAPER)
    axes.set_xlabel("epoch", color=INK)
    axes.set_ylabel("top-1 accuracy on PublicTest, %", color=INK)
    axes.tick_params(colors=SOFT, length=0)
    axes.grid(color=EDGE)
    axes.spines[:].set_visible(False)
    axes.legend(frameon=False, labelcolor=INK)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=140)
    write_atomic({ROOT / "docs" / "curves.png": stream.getvalue()})


if __name__ == "__main__":
    main()
