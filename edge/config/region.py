"""Regions of the picture, as `source.ignore` lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A rectangle; its edges are shares of the picture's width and height, 0..1."""

    left: float
    top: float
    right: float
    bottom: float

    def __str__(self) -> str:
        """As `parse_region` reads it, with two decimal places."""
        return f"{self.left:.2f} {self.top:.2f} {self.right:.2f} {self.bottom:.2f}"


def parse_region(text: str) -> Region:
    """The region of `left top right bottom`. Raises ValueError."""
    left, top, right, bottom = (float(edge) for edge in text.split())
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(text)
    return Region(left, top, right, bottom)
