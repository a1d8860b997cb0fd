"""Tracks with labels from listeners, for fitting: loading, and folds for cross-validation."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalog.building.cleaning import clean
from catalog.building.columns import TRACK_COLUMNS
from catalog.building.rejected_rows import RejectedRows
from catalog.building.tables import Rejection
from catalog.building.track_reader import TrackTable
from moodpi.errors import MoodpiError

# The fewest artists that cross-validation grouped by artist makes sense with.
MIN_ARTISTS = 50
# The reason not to use a row that lacks a part of a labelled track.
INCOMPLETE = "a name, a feature or a label is missing"

log = logging.getLogger(__name__)


def read_labelled_tracks(
    path: Path, labels: tuple[str, ...], chosen: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The usable tracks of a table that have all of `labels`, as in CleanedRows.tracks.

    The additional column `group` numbers the artists. A warning counts and names the other rows.

    chosen: By known column, the name that it has in the file where that is not known.

    Raises MoodpiError if columns are missing or if there are fewer than MIN_ARTISTS artists.
    """
    table = TrackTable(path, chosen)
    table.require((*TRACK_COLUMNS, *labels))
    chunks, rejected = [], RejectedRows()
    for chunk in table.chunks():
        cleaned = clean(chunk.rows, chunk.notation)
        is_complete = cleaned.tracks[[*TRACK_COLUMNS, *labels]].notna().all(axis=1)
        incomplete = cleaned.tracks.index[~is_complete]
        rejected.add(
            table,
            chunk.rejections
            + cleaned.rejections
            + [Rejection(number, number, INCOMPLETE) for number in incomplete],
        )
        chunks.append(cleaned.tracks[is_complete])
    if rejected.kinds:
        log.warning("%s: not used as labels: %s", path, rejected)
    tracks = pd.concat(chunks, ignore_index=True)
    tracks["group"] = pd.factorize(tracks["first_artist_key"])[0]
    artists = tracks["group"].nunique()
    if artists < MIN_ARTISTS:
        raise MoodpiError(
            f"{path} has {len(tracks)} usable labelled tracks by {artists} artists: "
            f"expected at least {MIN_ARTISTS} artists",
            code="too_few_artists",
        )
    return tracks


def assign_folds(artists: NDArray[np.int64], folds: int, seed: int = 0) -> NDArray[np.int64]:
    """The fold of each track [n], 0 to folds - 1. All tracks of an artist are in the same fold."""
    return np.random.default_rng(seed).integers(0, folds, artists.max() + 1)[artists]
