"""Figures of an evaluation: confusion matrices, reliability diagram, per-class bars, curves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from models.palette import MATPLOTLIB_STYLE, PAPER, SERIES, SOFT
from training.evaluation.metrics import Evaluation
from training.evaluation.temperature import BINS, softmax

mpl.use("Agg")
mpl.rcParams.update(MATPLOTLIB_STYLE)

MATRIX_COLOURS = LinearSegmentedColormap.from_list("matrix", [PAPER, SERIES[0]])


def draw_confusions(evaluations: Mapping[str, Evaluation]) -> bytes:
    """A PNG of one confusion matrix per model, in percent of the faces with each label."""
    count = len(evaluations)
    figure, axes = plt.subplots(1, count, figsize=(5.2 * count, 4.8), layout="constrained")
    for axis, (name, evaluation) in zip(np.atleast_1d(axes), evaluations.items(), strict=True):
        counts = np.array(evaluation.confusion, float)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        sns.heatmap(
            100 * shares,
            annot=True,
            fmt=".0f",
            cmap=MATRIX_COLOURS,
            vmin=0,
            vmax=100,
            square=True,
            cbar=False,
            xticklabels=EMOTIONS,
            yticklabels=EMOTIONS,
            ax=axis,
        )
        axis.set(xlabel="prediction", ylabel="label", title=f"{name}: {evaluation.top1.value:.1%}")
        axis.tick_params(axis="x", rotation=40)
        axis.tick_params(axis="y", rotation=0)
    figure.suptitle("% of the faces with each label, by prediction", fontsize=10)
    return _png(figure)


def draw_reliability(
    logits: NDArray[np.float32], labels: NDArray[np.int64], temperature: float
) -> bytes:
    """A PNG of the reliability diagram: accuracy by confidence, without and with the temperature.

    logits [n, 7], labels [n]; temperature: 0 if none was fitted.
    """
    figure, axes = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
    axes.plot([0, 1], [0, 1], color=SOFT, lw=1, ls=":", label="perfect calibration")
    curves = [(1.0, SERIES[1], "as trained")]
    if temperature:
        curves.append((temperature, SERIES[0], f"T = {temperature:.2f}"))
    for t, color, name in curves:
        probabilities = softmax(logits, t)
        confidence = probabilities.max(axis=1)
        correct = probabilities.argmax(axis=1) == labels
        indices = np.minimum((confidence * BINS).astype(int), BINS - 1)
        bins = [b for b in range(BINS) if np.sum(indices == b) >= 20]
        axes.plot(
            [confidence[indices == b].mean() for b in bins],
            [correct[indices == b].mean() for b in bins],
            "o-",
            ms=4,
            color=color,
            label=name,
        )
    axes.set(xlabel="confidence", ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(frameon=False)
    return _png(figure)


def draw_classes(evaluations: Mapping[str, Evaluation]) -> bytes:
    """A PNG of bars: precision and recall of each emotion, for each model."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True, layout="constrained")
    width = 0.8 / len(evaluations)
    for axis, metric in zip(axes, ("precision", "recall"), strict=True):
        for index, (name, evaluation) in enumerate(evaluations.items()):
            values = [100 * getattr(evaluation.classes[emotion], metric) for emotion in EMOTIONS]
            positions = np.arange(len(EMOTIONS)) + (index - (len(evaluations) - 1) / 2) * width
            axis.bar(positions, values, width * 0.92, color=SERIES[index % len(SERIES)], label=name)
        axis.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=40)
        axis.set(title=metric, ylim=(0, 100))
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y")
    axes[0].set_ylabel("%")
    if len(evaluations) > 1:
        axes[1].legend(frameon=False)
    return _png(figure)


def draw_accuracy_curves(histories: Mapping[str, Sequence[Mapping[str, float]]]) -> bytes:
    """A PNG of the validation top-1 over the epochs of each run."""
    figure, axes = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
    for name, history in histories.items():
        epochs = [epoch["epoch"] for epoch in history]
        axes.plot(epochs, [100 * epoch["validation_top1"] for epoch in history], label=name)
    axes.set(xlabel="epoch", ylabel="validation top-1, %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid()
    axes.legend(frameon=False)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    plt.close(figure)
    return stream.getvalue()
