"""The colours of figures, the same as those of the web page in light mode."""

from __future__ import annotations

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
# For one and two series that stand for no emotion.
SERIES = ("#4a86e8", "#e4532d")
