"""The plane of valence and arousal, cut into cells of neighbouring places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Plane:
    """Which tracks lie where, without reading any of them.

    grid: cells along each axis. extent: tracks lie in -extent..extent on both. starts: int64
    [grid * grid + 1], how many of `places` come before each cell. places: in the order of cells.
    """

    def __init__(
        self, grid: int, extent: float, starts: NDArray[np.int64], places: Sequence[int]
    ) -> None:
        self.extent = extent
        self._grid = grid
        self._starts = starts
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def within(self, places: Sequence[int]) -> Plane:
        """The same plane with these places alone, given in rising order."""
        # Places are counted from 1, so a cell's start is also the last place before it.
        starts = np.searchsorted(np.asarray(places, np.int64), self._starts, side="right")
        return Plane(self._grid, self.extent, starts.astype(np.int64), places)

    def runs_near(self, valence: float, arousal: float, tracks: int) -> list[Sequence[int]]:
        """Places of at least `tracks` tracks nearest to a point, or of all: a run for each cell,
        nearest cells first, each run from the best known track to the least.
        """
        centres = ((np.arange(self._grid) + 0.5) * 2 / self._grid - 1) * self.extent
        distances = np.add.outer((centres - arousal) ** 2, (centres - valence) ** 2).ravel()
        nearest = np.argsort(distances, kind="stable")
        sizes = np.diff(self._starts)[nearest]
        enough = int(np.searchsorted(np.cumsum(sizes), tracks)) + 1
        cells = nearest[:enough][sizes[:enough] > 0]
        return [self._places[int(self._starts[c]) : int(self._starts[c + 1])] for c in cells]
