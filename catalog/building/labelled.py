"""Tracks that people have labelled, for fitting on: read, cleaned, and cut into folds by artist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalog.building.cleaning import clean
from catalog.building.columns import TRACK_COLUMNS
from catalog.building.csv_rows import read_chunks
from moodpi.errors import MoodpiError

FEWEST_ARTISTS = 50


def read_labelled(path: Path, labels: tuple[str, ...]) -> pd.DataFrame:
    """The usable tracks of a CSV that have all of `labels`; column `group` numbers the artists.

    Raises MoodpiError where the file lacks columns or has too few artists to be validated on.
    """
    chunks = [clean(chunk.rows).tracks for chunk in read_chunks(path, (*TRACK_COLUMNS, *labels))]
    tracks = pd.concat(chunks, ignore_index=True).dropna(subset=list(labels))
    tracks["group"] = pd.factorize(tracks["first"])[0]
    artists = tracks["group"].nunique()
    if artists < FEWEST_ARTISTS:
        raise MoodpiError(
            f"{path} has {len(tracks)} usable labelled tracks of {artists} artists: "
            f"expected at least {FEWEST_ARTISTS} artists"
        )
    return tracks.reset_index(drop=True)


def cut(artists: NDArray[np.int64], folds: int, seed: int = 0) -> NDArray[np.int64]:
    """The fold of each track [n], all tracks of an artist in the same one."""
    return np.random.default_rng(seed).integers(0, folds, artists.max() + 1)[artists]
