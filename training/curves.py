"""The course of a run as a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt

mpl.use("Agg")

LOSS, TOP1 = "#b3446c", "#2b6cb0"


def draw_curves(history: Sequence[dict[str, float]], title: str) -> bytes:
    """A PNG of the losses and of the validation faces' top-1 over the epochs of a run's story."""
    epochs = [figures["epoch"] for figures in history]
    figure, (losses, accuracy) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    figure.suptitle(title)
    losses.plot(epochs, [f["loss"] for f in history], color=LOSS, label="training, augmented")
    losses.plot(
        epochs, [f["validation_loss"] for f in history], color=LOSS, ls="--", label="validation"
    )
    losses.set(xlabel="epoch", ylabel="cross-entropy")
    losses.legend(frameon=False)
    top1 = [100 * figures["validation_top1"] for figures in history]
    best = max(range(len(top1)), key=top1.__getitem__)
    accuracy.plot(epochs, top1, color=TOP1)
    accuracy.plot(epochs[best], top1[best], "o", color=TOP1)
    accuracy.annotate(
        f"{top1[best]:.2f} %",
        (epochs[best], top1[best]),
        (0, 6),
        textcoords="offset points",
        ha="right",
    )
    accuracy.set(xlabel="epoch", ylabel="top-1 of the validation faces, %")
    for axes in (losses, accuracy):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    plt.close(figure)
    return stream.getvalue()
