"""Regions of the picture, as `source.ignore` lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


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


def cover(regions: Sequence[Region], picture: Region) -> bool:
    """Whether the regions together hide all of `picture`."""
    edges = {edge for region in regions for edge in (region.left, region.right)}
    columns = [picture.left, *sorted(edges), picture.right]
    inside = [edge for edge in columns if picture.left <= edge <= picture.right]
    return all(
        _reach([one for one in regions if one.left <= left and right <= one.right], picture)
        for left, right in pairwise(inside)
        if left < right
    )


def _reach(column: Sequence[Region], picture: Region) -> bool:
    """Whether the regions, which have the width of the column, hide it from top to bottom."""
    reached = picture.top
    for region in sorted(column, key=lambda region: region.top):
        if region.top > reached:
            return False
        reached = max(reached, region.bottom)
    return reached >= picture.bottom
