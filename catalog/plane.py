"""The valence-arousal plane of a catalogue, divided into a grid of cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.schema import SCALE

# Every catalogue has fewer cells along an axis.
MAX_GRID = 1000


class Plane:
    """An index of tracks by their position on the valence-arousal plane.

    A track is named by its rowid. Rowids count from 1, cell by cell.

    Args:
        grid: The number of cells along each axis.
        extent: The plane covers -extent..extent on both axes.
        starts: int64 [grid * grid + 1], the number of tracks before each cell.
        rowids: The rowids of the tracks on the plane, cell by cell.
    """

    def __init__(
        self, grid: int, extent: float, starts: NDArray[np.int64], rowids: Sequence[int]
    ) -> None:
        self.extent = extent
        self._grid = grid
        self._starts = starts
        self._rowids = rowids

    @classmethod
    def from_row(cls, grid: int, edge: int, starts: bytes) -> Plane:
        """The plane of all tracks from its row in the table `plane`; see catalog/schema.py.

        Raises ValueError, or TypeError for a value of another type, if the row is damaged.
        """
        if not (0 < int(grid) <= MAX_GRID and 0 < int(edge) <= SCALE):
            raise ValueError(f"its plane has {grid} cells along an axis, and the edge {edge}")
        counts = np.frombuffer(starts, "<u4").astype(np.int64)
        if len(counts) != int(grid) ** 2 + 1 or counts[0] or (np.diff(counts) < 0).any():
            raise ValueError("its plane has the wrong number of cells")
        return cls(int(grid), int(edge) / SCALE, counts, range(1, int(counts[-1]) + 1))

    def __len__(self) -> int:
        return len(self._rowids)

    def subset(self, rowids: Sequence[int]) -> Plane:
        """The same plane with only these tracks. `rowids` must be ascending."""
        # Rowids count from 1, so the start of a cell is also the last rowid before it.
        starts = np.searchsorted(np.asarray(rowids, np.int64), self._starts, side="right")
        return Plane(self._grid, self.extent, starts.astype(np.int64), rowids)

    def nearest_cells(self, valence: float, arousal: float, min_tracks: int) -> list[Sequence[int]]:
        """The rowids in each of the cells nearest to a point, nearest first, without empty cells.

        The cells hold at least `min_tracks` tracks together, or all tracks. In each cell the most
        popular track comes first.
        """
        centres = ((np.arange(self._grid) + 0.5) * 2 / self._grid - 1) * self.extent
        distances = np.add.outer((centres - arousal) ** 2, (centres - valence) ** 2).ravel()
        nearest = np.argsort(distances, kind="stable")
        sizes = np.diff(self._starts)[nearest]
        enough = int(np.searchsorted(np.cumsum(sizes), min_tracks)) + 1
        cells = nearest[:enough][sizes[:enough] > 0]
        return [self._rowids[int(self._starts[c]) : int(self._starts[c + 1])] for c in cells]


class ExtendedPlane(Plane):
    """A catalogue's plane, whose subsets can also contain own songs.

    Without a subset it has only the tracks of the catalogue: own songs are for the player that has
    them.

    plane: The catalogue's plane. points: float [n, 2], valence and arousal of the own songs, whose
    rowids follow those of the catalogue.
    """

    def __init__(self, plane: Plane, points: NDArray[np.float64]) -> None:
        super().__init__(plane._grid, plane.extent, plane._starts, plane._rowids)  # noqa: SLF001
        scaled = (points.reshape(-1, 2) / plane.extent + 1) / 2 * self._grid
        columns, rows = np.clip(scaled.astype(np.int64), 0, self._grid - 1).T
        self._own_cells = rows * self._grid + columns

    def subset(self, rowids: Sequence[int]) -> Plane:
        """The same plane with only these tracks and own songs. `rowids` must be ascending."""
        ascending = np.asarray(rowids, np.int64)
        tracks, own = np.split(ascending, [np.searchsorted(ascending, len(self), side="right")])
        cells = np.searchsorted(self._starts, tracks) - 1
        cells = np.concatenate([cells, self._own_cells[own - len(self) - 1]])
        order = np.argsort(cells, kind="stable")
        sizes = np.bincount(cells, minlength=self._grid**2)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return Plane(self._grid, self.extent, starts, ascending[order].tolist())
