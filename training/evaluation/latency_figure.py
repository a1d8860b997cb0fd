"""A scatter plot of a benchmark: accuracy against latency, with the file size as area."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from edge.ops.bench.measure import Result
from models.palette import MATPLOTLIB_STYLE, SERIES

mpl.rcParams.update(MATPLOTLIB_STYLE)

# In square points.
AREA_PER_MEGABYTE = 60
# Points above the mark, used in turn: the labels of formats with the same accuracy would overlap.
LABEL_OFFSETS = (18, -24, 30, -36)


def draw_latency_figure(results: Sequence[Result]) -> bytes:
    """A PNG of the results that succeeded and have a known accuracy, coloured by runtime."""
    figure = Figure(figsize=(7.5, 4.6), layout="constrained")
    axes = figure.subplots()
    shown = [r for r in results if not r.failure and r.case.top1 is not None]
    for number, package in enumerate(dict.fromkeys(r.case.package for r in shown)):
        of_package = [r for r in shown if r.case.package == package]
        axes.scatter(
            [1e3 * r.p50 for r in of_package],
            [100 * (r.case.top1 or 0) for r in of_package],
            [AREA_PER_MEGABYTE * r.size / 1e6 for r in of_package],
            alpha=0.55,
            color=SERIES[number % len(SERIES)],
            label=package,
        )
    several = len({r.case.model for r in shown}) > 1
    for index, result in enumerate(sorted(shown, key=lambda result: result.p50)):
        c = result.case
        threads = "" if c.threads == 1 else f", {c.threads} threads"
        axes.annotate(
            f"{c.model} {c.format}{threads}" if several else f"{c.format}{threads}",
            (1e3 * result.p50, 100 * (c.top1 or 0)),
            (0, LABEL_OFFSETS[index % len(LABEL_OFFSETS)]),
            textcoords="offset points",
            horizontalalignment="center",
            fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4},
        )
    axes.set(xscale="log", xlabel="ms per face (p50)", ylabel="top-1 on PublicTest, %")
    axes.margins(0.15, 0.25)
    for ticks in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        ticks("{x:g}")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid()
    if shown:
        axes.legend(frameon=False, markerscale=0.5)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    return stream.getvalue()
