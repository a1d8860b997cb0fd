"""Learning curves: loss and validation accuracy over the epochs of a run."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt

from models.palette import MATPLOTLIB_STYLE, SERIES

mpl.use("Agg")
mpl.rcParams.update(MATPLOTLIB_STYLE)

TOP1_COLOUR, LOSS_COLOUR = SERIES[:2]


def draw_learning_curves(history: Sequence[dict[str, float]], title: str) -> bytes:
    """A PNG of both losses and of the validation top-1 accuracy, by epoch.

    history: the metrics of each epoch, as in the run record.
    """
    epochs = [metrics["epoch"] for metrics in history]
    figure, (losses, accuracy) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    figure.suptitle(title)
    for key, label, style in (
        ("loss", "training, augmented", "-"),
        ("validation_loss", "validation", "--"),
    ):
        losses.plot(
            epochs, [metrics[key] for metrics in history], style, color=LOSS_COLOUR, label=label
        )
    losses.set(xlabel="epoch", ylabel="cross-entropy")
    losses.legend(frameon=False)
    top1 = [100 * metrics["validation_top1"] for metrics in history]
    best = max(range(len(top1)), key=top1.__getitem__)
    accuracy.plot(epochs, top1, color=TOP1_COLOUR)
    accuracy.plot(epochs[best], top1[best], "o", color=TOP1_COLOUR)
    accuracy.annotate(
        f"{top1[best]:.2f} %",
        (epochs[best], top1[best]),
        (0, 6),
        textcoords="offset points",
        ha="right",
    )
    accuracy.set(xlabel="epoch", ylabel="validation top-1, %")
    for axes in (losses, accuracy):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    plt.close(figure)
    return stream.getvalue()
