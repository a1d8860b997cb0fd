"""Fitting the scoring model to listeners' labels, and how well it does on artists it never saw.

`python -m catalog.fitting LABELS.csv` prints the coefficients that catalog/scoring.json ships.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalog.cleaning import clean
from catalog.columns import FEATURES, LABEL_COLUMNS, LABELS
from catalog.csv_rows import read_chunks
from catalog.scoring import ScoringModel, design, standardize, term_names, unskew
from moodpi.errors import MoodpiError

# Ridge penalty, in tracks: cross-validated fit is flat from 30 to 300.
PENALTY = 100.0
FOLDS = 10
DECIMALS = 6
FEWEST_ARTISTS = 5 * FOLDS

Matrix = NDArray[np.float64]


def fit_labels(path: Path) -> ScoringModel:
    """Fit on the CSV at `path`: features with listeners' valence and arousal, in any units.

    Raises MoodpiError where the file lacks columns or has too few artists to be validated on.
    """
    chunks = [clean(chunk.rows).tracks for chunk in read_chunks(path, LABEL_COLUMNS)]
    tracks = pd.concat(chunks).dropna(subset=list(LABELS))
    artists = pd.factorize(tracks["lead"])[0]
    if tracks.empty or artists.max() + 1 < FEWEST_ARTISTS:
        raise MoodpiError(
            f"{path} has {len(tracks)} usable labelled tracks of {artists.max(initial=-1) + 1} "
            f"artists: expected at least {FEWEST_ARTISTS} artists"
        )
    raw = tracks[list(LABELS)].to_numpy()
    labels = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return fit(tracks[list(FEATURES)].to_numpy(), labels, artists)


def fit(features: Matrix, labels: Matrix, artists: NDArray[np.int64]) -> ScoringModel:
    """Fit features [n, f] to z-scored labels [n, 2]; `artists` [n] are the groups that
    cross-validation keeps together.
    """
    unskewed = unskew(features, FEATURES)
    mean = np.round(unskewed.mean(axis=0), DECIMALS)
    deviation = np.round(unskewed.std(axis=0), DECIMALS)
    terms = design(standardize(unskewed, mean, deviation), FEATURES)
    weights, intercept = ridge(terms, labels)
    unseen = cross_validate(terms, labels, artists)
    spread = np.round(match_covariance(np.cov((terms @ weights).T), np.cov(labels.T)), DECIMALS)
    names = term_names(FEATURES)
    rounded = np.round(weights, DECIMALS).tolist()
    centre = np.round(intercept @ spread, DECIMALS).tolist()
    return ScoringModel(
        features=FEATURES,
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        intercept=(centre[0], centre[1]),
        weights={name: (pair[0], pair[1]) for name, pair in zip(names, rounded, strict=True)},
        spread=(tuple(spread[0].tolist()), tuple(spread[1].tolist())),
        fit={
            "method": f"{FOLDS}-fold cross-validation grouped by artist, predictions before spread",
            "tracks": len(labels),
            "artists": int(artists.max()) + 1,
            "penalty": PENALTY,
            **_quality(unseen, labels),
        },
    )


def ridge(terms: Matrix, labels: Matrix) -> tuple[Matrix, Matrix]:
    """Weights [terms, 2] and intercept [2] that minimise squared error plus PENALTY x weights^2."""
    centre = terms.mean(axis=0)
    centred = terms - centre
    gram = centred.T @ centred + PENALTY * np.eye(terms.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (labels - labels.mean(axis=0)))
    return weights, labels.mean(axis=0) - centre @ weights


def cross_validate(terms: Matrix, labels: Matrix, artists: NDArray[np.int64]) -> Matrix:
    """Each track's prediction [n, 2] by a model that saw no track of its artist."""
    folds = np.random.default_rng(0).integers(0, FOLDS, artists.max() + 1)[artists]
    predicted = np.empty_like(labels)
    for fold in range(FOLDS):
        held_out = folds == fold
        weights, intercept = ridge(terms[~held_out], labels[~held_out])
        predicted[held_out] = terms[held_out] @ weights + intercept
    return predicted


def match_covariance(found: Matrix, wanted: Matrix) -> Matrix:
    """The linear map, applied from the right, that gives points of covariance `found` [2, 2] the
    covariance `wanted` while moving them least (optimal transport between Gaussians).
    """
    root = _square_root(found)
    inverse = np.linalg.inv(root)
    return inverse @ _square_root(root @ wanted @ root) @ inverse


def _square_root(covariance: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh(covariance)
    return vectors @ np.diag(np.sqrt(values)) @ vectors.T


def _quality(predicted: Matrix, labels: Matrix) -> dict[str, dict[str, float]]:
    quality = {}
    for index, name in enumerate(("valence", "arousal")):
        error = np.square(predicted[:, index] - labels[:, index]).mean()
        correlation = np.corrcoef(predicted[:, index], labels[:, index])[0, 1]
        variance = labels[:, index].var()
        quality[name] = {
            "r2": round(float(1 - error / variance), 3),
            "correlation": round(float(correlation), 3),
        }
    return quality


if __name__ == "__main__":
    print(json.dumps(fit_labels(Path(sys.argv[1])).as_json(), indent=2))
