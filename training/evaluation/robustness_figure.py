"""A figure of a robustness card."""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.figure import Figure

from models.palette import MATPLOTLIB_STYLE, SERIES, SOFT
from training.evaluation.robustness import RobustnessCard

mpl.rcParams.update(MATPLOTLIB_STYLE)

COLUMNS = 5


def draw_robustness(name: str, card: RobustnessCard) -> bytes:
    """A PNG with one curve per change: top-1 in percent by strength."""
    rows = -(-len(card.changed) // COLUMNS)
    figure = Figure(figsize=(2.6 * COLUMNS, 2.4 * rows), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).flat
    for axes, (change, results) in zip(panels, card.changed.items(), strict=False):
        positions = range(len(results))
        axes.axhline(100 * card.unchanged, color=SOFT, lw=1, ls=":")
        axes.plot(positions, [100 * top1 for _, top1 in results], "o-", ms=4, color=SERIES[0])
        axes.set_xticks(positions, [f"{strength:g}" for strength, _ in results])
        axes.set_title(change, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y")
    figure.suptitle(f"{name}: top-1 in % of {card.faces} unseen faces", fontsize=10)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return stream.getvalue()
