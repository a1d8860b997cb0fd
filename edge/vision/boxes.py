"""Where things are in a picture."""

from __future__ import annotations

import math

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the picture, x and y its upper left corner."""


def area(box: Box) -> int:
    """In pixels."""
    return box[2] * box[3]


def centre(box: Box) -> tuple[float, float]:
    """Its middle, x and y."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def distance(one: Box, other: Box) -> float:
    """Between their middles, in pixels."""
    return math.dist(centre(one), centre(other))
