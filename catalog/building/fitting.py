"""Fitting the scoring model to listeners' labels, and how well it does on artists it never saw.

`python -m catalog.building.fitting LABELS.csv` prints the coefficients
that catalog/building/scoring.json ships.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.building.columns import FEATURES, LABELS
from catalog.building.labelled import cut, read_labelled
from catalog.building.scoring import ScoringModel, design, standardize, term_names, unskew

# Ridge penalty, in tracks: cross-validated fit is flat from 30 to 300.
PENALTY = 100.0
FOLDS = 10
DECIMALS = 6
EXTENT_DECIMALS = 3

Matrix = NDArray[np.float64]


def fit_labels(path: Path) -> ScoringModel:
    """Fit on the CSV at `path`: features with listeners' valence and arousal, in any units.

    Raises MoodpiError where the file lacks columns or has too few artists to be validated on.
    """
    tracks = read_labelled(path, LABELS)
    raw = tracks[list(LABELS)].to_numpy()
    labels = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return fit(tracks[list(FEATURES)].to_numpy(), labels, tracks["group"].to_numpy())


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
    extent = round(extent_of(ranks(unseen @ spread), labels), EXTENT_DECIMALS)
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
        extent=extent,
        fit={
            "method": f"{FOLDS}-fold cross-validation grouped by artist, predictions before spread",
            "tracks": len(labels),
            "artists": len(np.unique(artists)),
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
    folds = cut(artists, FOLDS)
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


def ranks(points: Matrix) -> Matrix:
    """The rank of each point [n, 2] on each axis, evenly from just above -1 to just below 1."""
    order = points.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return (2 * order + 1) / len(points) - 1


def extent_of(unseen: Matrix, labels: Matrix) -> float:
    """How many deviations of listeners' labels [n, 2] one unit of rank [n, 2] is worth on unseen
    artists: the slope through the origin, the mean of both axes.
    """
    slopes = (unseen * labels).sum(axis=0) / (unseen * unseen).sum(axis=0)
    return float(slopes.mean())


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
