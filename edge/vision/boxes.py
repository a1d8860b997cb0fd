"""Bounding boxes."""

from __future__ import annotations

import math

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the picture; (x, y) is the upper left corner."""


def area(box: Box) -> int:
    """The area in square pixels."""
    return box[2] * box[3]


def centre(box: Box) -> tuple[float, float]:
    """The coordinates x and y of the centre."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def distance(one: Box, other: Box) -> float:
    """The distance between the centres of two boxes, in pixels."""
    return math.dist(centre(one), centre(other))


def same_head(one: Box, other: Box) -> bool:
    """Whether two boxes are too near each other to be of two heads."""
    return distance(one, other) < 0.5 * max(one[2], other[2])
