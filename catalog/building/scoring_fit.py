"""Fitting the scoring model to listeners' labels, with cross-validation on unseen artists.

`python -m catalog.building.scoring_fit LABELS.csv` prints the coefficients that
catalog/building/scoring.json ships.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from catalog.building.columns import FEATURES, LABELS
from catalog.building.labelled_tracks import assign_folds, read_labelled_tracks
from catalog.building.scoring_model import (
    ScoringModel,
    design_matrix,
    log_transform,
    standardize,
    term_names,
)
from moodpi.output import print_json

# Ridge penalty on the squared weights: the cross-validated fit hardly changes between 30 and 300.
PENALTY = 100.0
FOLDS = 10
DECIMALS = 6
EXTENT_DECIMALS = 3

Matrix = NDArray[np.float64]


def fit_scoring_model(path: Path, chosen: Mapping[str, str] | None = None) -> ScoringModel:
    """Fit to the table at `path`: features with listeners' valence and arousal, in any unit.

    chosen: By known column, the name that it has in the file where that is not known.

    Raises MoodpiError if columns are missing or if there are too few artists for validation.
    """
    tracks = read_labelled_tracks(path, LABELS, chosen)
    raw = tracks[list(LABELS)].to_numpy()
    labels = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return fit(tracks[list(FEATURES)].to_numpy(), labels, tracks["group"].to_numpy())


def fit(features: Matrix, labels: Matrix, artists: NDArray[np.int64]) -> ScoringModel:
    """Fit raw features [n, f] to labels [n, 2], z-scores of valence and arousal.

    artists: int [n], the groups that cross-validation keeps in one fold.
    """
    transformed = log_transform(features, FEATURES)
    mean = np.round(transformed.mean(axis=0), DECIMALS)
    deviation = np.round(transformed.std(axis=0), DECIMALS)
    terms = design_matrix(standardize(transformed, mean, deviation), FEATURES)
    weights, intercept = ridge(terms, labels)
    predicted = cross_validate(terms, labels, artists)
    spread = np.round(match_covariance(np.cov((terms @ weights).T), np.cov(labels.T)), DECIMALS)
    extent = round(rank_slope(ranks(predicted @ spread), labels), EXTENT_DECIMALS)
    rounded = np.round(weights, DECIMALS).tolist()
    centre = np.round(intercept @ spread, DECIMALS).tolist()
    return ScoringModel(
        features=FEATURES,
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        intercept=(centre[0], centre[1]),
        weights={
            name: (pair[0], pair[1])
            for name, pair in zip(term_names(FEATURES), rounded, strict=True)
        },
        spread=(tuple(spread[0].tolist()), tuple(spread[1].tolist())),
        extent=extent,
        fit={
            "method": f"{FOLDS}-fold cross-validation grouped by artist, predictions before spread",
            "tracks": len(labels),
            "artists": len(np.unique(artists)),
            "penalty": PENALTY,
            **_quality(predicted, labels),
        },
    )


def ridge(terms: Matrix, labels: Matrix) -> tuple[Matrix, Matrix]:
    """Ridge regression: weights [terms, 2] and intercept [2], which is not penalized."""
    model = Ridge(alpha=PENALTY).fit(terms, labels)
    return model.coef_.T, model.intercept_


def cross_validate(terms: Matrix, labels: Matrix, artists: NDArray[np.int64]) -> Matrix:
    """The prediction [n, 2] for each track by a model fitted without the track's artist."""
    folds = assign_folds(artists, FOLDS)
    predicted = np.empty_like(labels)
    for fold in range(FOLDS):
        held_out = folds == fold
        weights, intercept = ridge(terms[~held_out], labels[~held_out])
        predicted[held_out] = terms[held_out] @ weights + intercept
    return predicted


def match_covariance(covariance: Matrix, target: Matrix) -> Matrix:
    """The linear map [2, 2], applied from the right, from one covariance [2, 2] to another.

    It is the map that moves the points least: optimal transport between Gaussians (Peyré and
    Cuturi, "Computational optimal transport", remark 2.31).
    """
    root = _square_root(covariance)
    inverse = np.linalg.inv(root)
    return inverse @ _square_root(root @ target @ root) @ inverse


def ranks(points: Matrix) -> Matrix:
    """The rank of each point [n, 2] on each axis, scaled evenly to the open interval (-1, 1)."""
    order = points.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return (2 * order + 1) / len(points) - 1


def rank_slope(predicted_ranks: Matrix, labels: Matrix) -> float:
    """The slope through the origin of labels [n, 2] over ranks [n, 2], the mean of both axes.

    It is how many standard deviations of the listeners' labels one unit of rank stands for.
    """
    products = (predicted_ranks * labels).sum(axis=0)
    slopes = products / (predicted_ranks * predicted_ranks).sum(axis=0)
    return float(slopes.mean())


def _square_root(covariance: Matrix) -> Matrix:
    values, vectors = np.linalg.eigh(covariance)
    return vectors @ np.diag(np.sqrt(values)) @ vectors.T


def _quality(predicted: Matrix, labels: Matrix) -> dict[str, dict[str, float]]:
    """R² and Pearson correlation of both axes."""
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
    print_json(fit_scoring_model(Path(sys.argv[1])).to_json(), indent=2)
