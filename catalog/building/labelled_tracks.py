"""Tracks with labels from listeners, for fitting: loading, and folds for cross-validation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalog.building.cleaning import clean
from catalog.building.columns import TRACK_COLUMNS
from catalog.building.track_reader import TrackTable
from moodpi.errors import MoodpiError

# The fewest artists that cross-validation grouped by artist makes sense with.
MIN_ARTISTS = 50


def read_labelled_tracks(
    path: Path, labels: tuple[str, ...], chosen: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The usable tracks of a table that have all of `labels`, as in CleanedRows.tracks.

    The additional column `group` numbers the artists.

    chosen: By known column, the name that it has in the file where that is not known.

    Raises MoodpiError if columns are missing or if there are fewer than MIN_ARTISTS artists.
    """
    table = TrackTable(path, chosen)
    table.require((*TRACK_COLUMNS, *labels))
    chunks = [clean(chunk.rows, chunk.notation).tracks for chunk in table.chunks()]
    tracks = pd.concat(chunks, ignore_index=True).dropna(subset=[*TRACK_COLUMNS, *labels])
    tracks["group"] = pd.factorize(tracks["first_artist_key"])[0]
    artists = tracks["group"].nunique()
    if artists < MIN_ARTISTS:
        raise MoodpiError(
            f"{path} has {len(tracks)} usable labelled tracks by {artists} artists: "
            f"expected at least {MIN_ARTISTS} artists",
            code="too_few_artists",
        )
    return tracks.reset_index(drop=True)


def assign_folds(artists: NDArray[np.int64], folds: int, seed: int = 0) -> NDArray[np.int64]:
    """The fold of each track [n], 0 to folds - 1. All tracks of an artist are in the same fold."""
    return np.random.default_rng(seed).integers(0, folds, artists.max() + 1)[artists]
