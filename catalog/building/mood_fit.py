"""Fitting the mood model to labelled tracks, with cross-validation on unseen artists.

`python -m catalog.building.mood_fit data_moods.csv` prints the coefficients that
catalog/building/moods.json ships.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from catalog.building.columns import FEATURES
from catalog.building.labelled_tracks import assign_folds, read_labelled_tracks
from catalog.building.mood_model import TERMS, MoodModel, expand
from catalog.building.scoring_model import standardize
from catalog.schema import MOODS
from moodpi.errors import MoodpiError
from moodpi.output import print_json

# L2 penalty on the weights: the cross-validated accuracy hardly changes between 1 and 10.
PENALTY = 3.0
# A small penalty makes the intercepts unique: otherwise a constant could be added to all of them.
INTERCEPT_PENALTY = 1e-3
FOLDS = 5
# Accuracy depends on how the artists are assigned to folds, so it is averaged over several ways.
REPETITIONS = 10
DECIMALS = 6

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]
Groups = NDArray[np.int64]


def fit_mood_model(path: Path) -> MoodModel:
    """Fit to the CSV at `path`: features and a `mood` of MOODS, in any case.

    Raises MoodpiError if columns are missing, a mood has no track, or there are too few artists.
    """
    tracks = read_labelled_tracks(path, ("mood",))
    tracks["mood"] = tracks["mood"].str.lower()
    tracks = tracks[tracks["mood"].isin(MOODS)]
    if set(tracks["mood"]) != set(MOODS):
        raise MoodpiError(
            f"{path} must have tracks of every mood: {', '.join(MOODS)}", code="mood_missing"
        )
    labels = tracks["mood"].map(MOODS.index).to_numpy()
    features = tracks[list(FEATURES)].to_numpy()
    quality = cross_validate(features, labels, tracks["group"].to_numpy())
    return replace(fit(features, labels), fit=quality)


def fit(features: Matrix, labels: Labels) -> MoodModel:
    """Fit raw features [n, f] to moods [n], indices into MOODS. The model's `fit` is empty."""
    expanded = expand(features)
    mean = np.round(expanded.mean(axis=0), DECIMALS)
    deviation = np.round(expanded.std(axis=0), DECIMALS)
    weights = np.round(
        _logistic_regression(standardize(expanded, mean, deviation), labels), DECIMALS
    )
    rows = [tuple(row) for row in weights.tolist()]
    return MoodModel(
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        intercept=rows[0],
        weights=dict(zip(TERMS, rows[1:], strict=True)),
        fit={},
    )


def cross_validate(features: Matrix, labels: Labels, artists: Groups) -> dict[str, object]:
    """Accuracy and macro F1 on unseen artists: the mean and the minimum over REPETITIONS.

    features [n, f], labels [n], artists [n]: the groups that stay in one fold.
    """
    results = []
    for seed in range(REPETITIONS):
        folds = assign_folds(artists, FOLDS, seed)
        predicted = np.empty_like(labels)
        for fold in range(FOLDS):
            held_out = folds == fold
            model = fit(features[~held_out], labels[~held_out])
            predicted[held_out] = model.classify(features[held_out])
        macro_f1 = f1_score(labels, predicted, average="macro")
        results.append((float(np.mean(predicted == labels)), float(macro_f1)))
    mean, worst = np.mean(results, axis=0), np.min(results, axis=0)
    return {
        "method": f"{FOLDS}-fold cross-validation grouped by artist, {REPETITIONS} times",
        "songs": len(labels),
        "artists": len(np.unique(artists)),
        "penalty": PENALTY,
        "accuracy": round(float(mean[0]), 3),
        "macro_f1": round(float(mean[1]), 3),
        "worst_accuracy": round(float(worst[0]), 3),
        "worst_macro_f1": round(float(worst[1]), 3),
    }


def _logistic_regression(terms: Matrix, labels: Labels) -> Matrix:
    """Multinomial logistic regression: intercept and weights [1 + terms, moods].

    scikit-learn penalizes every weight alike, its own intercept not at all. The intercept is
    therefore the weight of a constant column: the larger the constant, the smaller its penalty.
    """
    constant = np.sqrt(PENALTY / INTERCEPT_PENALTY)
    inputs = np.column_stack([np.full(len(terms), constant), terms])
    model = LogisticRegression(
        C=1 / PENALTY, fit_intercept=False, solver="newton-cholesky", tol=1e-8
    )
    weights: Matrix = model.fit(inputs, labels).coef_.T.copy()
    weights[0] *= constant
    return weights


if __name__ == "__main__":
    print_json(fit_mood_model(Path(sys.argv[1])).to_json(), indent=2)
