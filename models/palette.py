"""The colours of figures, the same as those of the web page in light mode.

The background is opaque, so figures are readable on dark pages too.
"""

from __future__ import annotations

from typing import Any

PAPER = "#fbf8f3"
INK = "#241f1a"
SOFT = "#655d54"
EDGE = "#e6dfd5"

EMOTION_COLOURS = {
    "angry": "#e4532d",
    "disgust": "#6aa84f",
    "fear": "#8b6be0",
    "happy": "#f5b301",
    "sad": "#4a86e8",
    "surprise": "#f2728c",
    "neutral": "#8e99a8",
}
# For series that stand for no emotion.
SERIES = ("#4a86e8", "#e4532d", "#6aa84f", "#8b6be0", "#f5b301")

# matplotlib's settings for every figure. Apply with matplotlib.rcParams.update.
MATPLOTLIB_STYLE: dict[Any, Any] = {
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": EDGE,
    "axes.labelcolor": INK,
    "axes.prop_cycle": f"cycler('color', {list(SERIES)})",
    "grid.color": EDGE,
    "text.color": INK,
    # A file's name with two dollar signs is no formula.
    "text.parse_math": False,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.labelcolor": INK,
}
