"""Fitting the mood classifier to songs that people tagged, and how well it does on unseen artists.

`python -m catalog.building.mood_fitting data_moods.csv` prints the
coefficients that catalog/building/moods.json ships.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.building.columns import FEATURES
from catalog.building.labelled import cut, read_labelled
from catalog.building.moods import TERMS, MoodModel, expand
from catalog.building.scoring import standardize
from catalog.schema import MOODS
from moodpi.errors import MoodpiError

# Ridge penalty, in songs: cross-validated accuracy is flat from 1 to 10.
PENALTY = 3.0
FOLDS = 5
# Accuracy depends on how the artists fall into folds: so many ways are tried.
REPETITIONS = 10
NEWTON_STEPS = 12
DECIMALS = 6

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]


def fit_moods(path: Path) -> MoodModel:
    """Fit on the CSV at `path`: features and a `mood` of MOODS, in any case.

    Raises MoodpiError where the file lacks columns, a mood has no song, or artists are too few.
    """
    songs = read_labelled(path, ("mood",))
    songs["mood"] = songs["mood"].str.lower()
    songs = songs[songs["mood"].isin(MOODS)]
    if set(songs["mood"]) != set(MOODS):
        raise MoodpiError(f"{path} must have songs of every mood: {', '.join(MOODS)}")
    labels = songs["mood"].map(MOODS.index).to_numpy()
    artists = songs["group"].to_numpy()
    sounds = songs[list(FEATURES)].to_numpy()
    model = fit(sounds, labels)
    return MoodModel(
        model.mean,
        model.deviation,
        model.intercept,
        model.weights,
        validate(sounds, labels, artists),
    )


def fit(features: Matrix, labels: Labels) -> MoodModel:
    """Fit raw features [n, f] to moods [n], indices in MOODS."""
    expanded = expand(features)
    mean = np.round(expanded.mean(axis=0), DECIMALS)
    deviation = np.round(expanded.std(axis=0), DECIMALS)
    weights = np.round(
        _softmax_regression(standardize(expanded, mean, deviation), labels), DECIMALS
    )
    rows = [tuple(row) for row in weights.tolist()]
    return MoodModel(
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        intercept=rows[0],
        weights=dict(zip(TERMS, rows[1:], strict=True)),
        fit={},
    )


def validate(features: Matrix, labels: Labels, artists: Labels) -> dict[str, object]:
    """Accuracy and macro F1 on artists not fitted on: the mean over repetitions, and the worst."""
    results = []
    for seed in range(REPETITIONS):
        folds = cut(artists, FOLDS, seed)
        found = np.empty_like(labels)
        for fold in range(FOLDS):
            held_out = folds == fold
            found[held_out] = fit(features[~held_out], labels[~held_out]).classify(
                features[held_out]
            )
        results.append((float(np.mean(found == labels)), macro_f1(found, labels)))
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


def macro_f1(found: Labels, labels: Labels) -> float:
    """The mean over moods of the harmonic mean of precision and recall, 0..1."""
    hits = np.bincount(labels[found == labels], minlength=len(MOODS))
    both = np.bincount(found, minlength=len(MOODS)) + np.bincount(labels, minlength=len(MOODS))
    return float(np.mean(2 * hits / both))


def _softmax_regression(terms: Matrix, labels: Labels) -> Matrix:
    """Intercept and weights [1 + terms, moods] of least penalized cross-entropy, by Newton's
    method (Bishop, "Pattern Recognition and Machine Learning", section 4.3.4).
    """
    inputs = np.column_stack([np.ones(len(terms)), terms])
    wanted = np.eye(len(MOODS))[labels]
    # The intercept's is only there to choose one of the solutions that differ by a constant.
    penalty = np.diag([1e-3] + [PENALTY] * terms.shape[1])
    weights = np.zeros((inputs.shape[1], len(MOODS)))
    for _ in range(NEWTON_STEPS):
        exponentials = np.exp(inputs @ weights)
        probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
        gradient = inputs.T @ (probabilities - wanted) + penalty @ weights
        step = np.linalg.solve(_hessian(inputs, probabilities, penalty), gradient.T.ravel())
        weights -= step.reshape(len(MOODS), -1).T
    return weights


def _hessian(inputs: Matrix, probabilities: Matrix, penalty: Matrix) -> Matrix:
    moods = range(len(MOODS))
    blocks = [
        [
            inputs.T @ ((probabilities[:, a] * ((a == b) - probabilities[:, b]))[:, None] * inputs)
            + (a == b) * penalty
            for b in moods
        ]
        for a in moods
    ]
    return np.block(blocks)


if __name__ == "__main__":
    print(json.dumps(fit_moods(Path(sys.argv[1])).as_json(), indent=2))
