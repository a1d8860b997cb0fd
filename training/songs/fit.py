"""Fits the model of valence and arousal to labelled songs, and measures it on unseen series.

`python -m training.songs.fit SONGS.npz OUTPUT.json` writes what edge/audio/affect_model.json ships.
`python -m training.songs.rendering` makes SONGS.npz.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.audio.affect_model import MAX_DEVIATION, AffectModel
from edge.audio.features import FEATURES
from moodpi.files import write_atomic
from training.songs.rendering import SongTable

# The ridge penalty on the squared weights, for one rendering of each song.
# `python -m tests.studies.song_estimates` compares others.
PENALTY = 30.0
DECIMALS = 5

Matrix = NDArray[np.float64]


def fit_table(table: SongTable) -> AffectModel:
    """The model of all songs. Its quality is measured on series and sound fonts left out."""
    model = fit(table.features, table.labels)
    predicted = cross_validate(table)
    targets = standardized(table.labels)[:, None]
    spread = np.sqrt(np.square(predicted - targets).mean(axis=(0, 1)))
    valence, arousal = correlations(predicted, np.broadcast_to(targets, predicted.shape))
    quality = {
        "method": "series and sound font left out",
        "songs": len(table.labels),
        "series": len(np.unique(table.series)),
        "fonts": table.fonts.tolist(),
        "penalty": PENALTY,
        "correlation": {"valence": round(valence, 3), "arousal": round(arousal, 3)},
    }
    return AffectModel(
        mean=np.round(model.mean, DECIMALS),
        deviation=np.round(model.deviation, DECIMALS),
        weights=np.round(model.weights, DECIMALS),
        intercept=np.zeros(2),
        precision=np.round(model.precision, 1),
        spread=np.round(spread, DECIMALS),
        fit=quality,
    )


def fit(features: NDArray[np.float32], labels: Matrix) -> AffectModel:
    """Ridge regression of the standardized labels [songs, 2] on [songs, renderings, f].

    The spread is that of the fitted songs themselves.
    """
    songs, renderings, count = features.shape
    vectors = features.reshape(-1, count).astype(float)
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    terms = np.clip((vectors - mean) / deviation, -MAX_DEVIATION, MAX_DEVIATION)
    targets = np.repeat(standardized(labels), renderings, axis=0)
    # The renderings of a song have one label: together they count as one song.
    precision = terms.T @ terms / renderings + PENALTY * np.eye(len(FEATURES))
    weights = np.linalg.solve(precision, terms.T @ targets / renderings)
    spread = (targets - terms @ weights).std(axis=0)
    return AffectModel(mean, deviation, weights, np.zeros(2), precision, spread, {"songs": songs})


def standardized(labels: Matrix) -> Matrix:
    """Labels with mean 0 and standard deviation 1 on both axes."""
    return (labels - labels.mean(axis=0)) / labels.std(axis=0)


def cross_validate(table: SongTable) -> Matrix:
    """The estimates [songs, fonts, 2] by models that saw neither the series nor the sound font."""
    predicted = np.empty((len(table.labels), len(table.fonts), 2))
    for series in np.unique(table.series):
        held_out = table.series == series
        for font in range(len(table.fonts)):
            model = fit_without(table, held_out, font)
            predicted[held_out, font] = model.estimate(table.features[held_out, font])
    return predicted


def fit_without(table: SongTable, held_out: NDArray[np.bool_], font: int) -> AffectModel:
    """The model of the other songs with the other sound fonts, in their original key."""
    others = [other for other in range(len(table.fonts)) if other != font]
    return fit(table.features[~held_out][:, others], table.labels[~held_out])


def correlations(predicted: Matrix, targets: Matrix) -> tuple[float, float]:
    """Pearson's r of valence and of arousal, over all axes but the last."""
    valence, arousal = (
        float(np.corrcoef(predicted[..., axis].ravel(), targets[..., axis].ravel())[0, 1])
        for axis in (0, 1)
    )
    return valence, arousal


if __name__ == "__main__":
    source, output = Path(sys.argv[1]), Path(sys.argv[2])
    fitted = fit_table(SongTable.load(source)).to_json()
    fitted["fit"]["table_sha256"] = hashlib.sha256(source.read_bytes()).hexdigest()
    features = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in fitted.pop("features").items()
    )
    others = json.dumps(fitted, indent=1)[2:]
    write_atomic({output: f'{{\n "features": {{\n{features}\n }},\n{others}\n'.encode()})
