"""Pictures of an evaluation, as a paper would have them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from training.evaluation.metrics import Evaluation
from training.evaluation.temperature import BINS, softmax

mpl.use("Agg")

BLUE, RED = "#2b6cb0", "#b3446c"


def draw_confusions(evaluations: Mapping[str, Evaluation]) -> bytes:
    """A PNG: for each model the share of each label's faces that it takes for what."""
    count = len(evaluations)
    figure, axes = plt.subplots(1, count, figsize=(5.2 * count, 4.8), layout="constrained")
    for place, (name, found) in zip(np.atleast_1d(axes), evaluations.items(), strict=True):
        counts = np.array(found.confusion, float)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        sns.heatmap(
            100 * shares,
            annot=True,
            fmt=".0f",
            cmap="Blues",
            vmin=0,
            vmax=100,
            square=True,
            cbar=False,
            xticklabels=EMOTIONS,
            yticklabels=EMOTIONS,
            ax=place,
        )
        place.set(xlabel="predicted", ylabel="label", title=f"{name}: {found.top1.value:.1%}")
        place.tick_params(axis="x", rotation=40)
        place.tick_params(axis="y", rotation=0)
    figure.suptitle("of the faces with a label, % that were taken for ...", fontsize=10)
    return _png(figure)


def draw_reliability(
    logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float
) -> bytes:
    """A PNG: how often the model is right at each confidence, without and with its temperature."""
    figure, axes = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", lw=1, ls=":", label="as it should be")
    curves = [(1.0, RED, "as trained")]
    if temperature:
        curves.append((temperature, BLUE, f"T = {temperature:.2f}"))
    for t, color, name in curves:
        probabilities = softmax(logits, t)
        confidence = probabilities.max(axis=1)
        right = probabilities.argmax(axis=1) == labels
        places = np.minimum((confidence * BINS).astype(int), BINS - 1)
        bins = [b for b in range(BINS) if np.sum(places == b) >= 20]
        axes.plot(
            [confidence[places == b].mean() for b in bins],
            [right[places == b].mean() for b in bins],
            "o-",
            ms=4,
            color=color,
            label=name,
        )
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(frameon=False)
    return _png(figure)


def draw_classes(evaluations: Mapping[str, Evaluation]) -> bytes:
    """A PNG: precision and recall of each emotion, a pair of bars a model."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True, layout="constrained")
    width = 0.8 / len(evaluations)
    colors = sns.color_palette("deep", len(evaluations))
    for place, figure_name in zip(axes, ("precision", "recall"), strict=True):
        for index, (name, found) in enumerate(evaluations.items()):
            values = [100 * getattr(found.classes[emotion], figure_name) for emotion in EMOTIONS]
            at = np.arange(len(EMOTIONS)) + (index - (len(evaluations) - 1) / 2) * width
            place.bar(at, values, width * 0.92, color=colors[index], label=name)
        place.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=40)
        place.set(title=figure_name, ylim=(0, 100))
        place.spines[["top", "right"]].set_visible(False)
        place.grid(axis="y", alpha=0.25)
    axes[0].set_ylabel("%")
    if len(evaluations) > 1:
        axes[1].legend(frameon=False)
    return _png(figure)


def draw_courses(histories: Mapping[str, Sequence[Mapping[str, float]]]) -> bytes:
    """A PNG: the validation faces' top-1 over each run's epochs."""
    figure, axes = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
    for name, history in histories.items():
        epochs = [epoch["epoch"] for epoch in history]
        axes.plot(epochs, [100 * epoch["validation_top1"] for epoch in history], label=name)
    axes.set(xlabel="epoch", ylabel="top-1 of the validation faces, %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    plt.close(figure)
    return stream.getvalue()
