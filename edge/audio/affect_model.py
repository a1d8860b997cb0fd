"""The model of a song's valence and arousal: fitted to listeners' labels, calibrated at home."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edge.audio.features import FEATURES, VERSION
from moodpi.errors import MoodpiError

SHIPPED = Path(__file__).with_name("affect_model.json")
AXES = ("valence", "arousal")
# The numbers of a feature in the file.
COLUMNS = ("mean", "deviation", *AXES)
# Standardized features are clipped here: larger values do not occur in the labelled songs.
MAX_DEVIATION = 3.0
# How much the precision of the weights counts in a home, whose songs differ from the labelled ones:
# at 1, a known song counts as much as a labelled one.
TRANSFER = 0.5
# The precision of the home's mean, in the same unit.
MEAN_PRECISION = 20.0
# The known songs that the spread of the labelled songs counts as.
SPREAD_SONGS = 10

Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class AffectModel:
    """A Bayesian linear model of standardized features (Bishop 2006, section 3.3).

    Attributes:
        mean, deviation: Of each feature of FEATURES over the labelled songs, [f].
        weights: [f, 2], for valence and arousal in standard deviations of listeners' labels.
        intercept: [2]. It is 0 before a calibration.
        precision: [f, f], the inverse covariance of the weights' errors, in units of the precision
            of one song's label.
        spread: [2], the standard deviation of the errors for songs of unseen series.
        fit: How the model was fitted, and its quality.
    """

    mean: Vectors
    deviation: Vectors
    weights: Vectors
    intercept: Vectors
    precision: Vectors
    spread: Vectors
    fit: dict[str, Any]

    def estimate(self, vectors: ArrayLike) -> Vectors:
        """Valence and arousal [n, 2] of raw features [n, f], in standard deviations of labels."""
        return self._standardize(vectors) @ self.weights + self.intercept

    def calibrate(self, vectors: ArrayLike, places: ArrayLike) -> AffectModel:
        """The model for the songs of one home, of which some have a known place.

        It is the posterior mean, with this model as the mean of the prior: with few known songs
        this model, with many their own ridge regression. The spread becomes that of the known songs
        when each of them is left out.

        vectors: [n, f], the raw features of the known songs. places: [n, 2], in standard deviations
        of labels.
        """
        standardized = self._standardize(vectors)
        terms = np.column_stack([standardized, np.ones(len(standardized))])  # [n, f + 1]
        errors = np.asarray(places, float).reshape(-1, 2) - self.estimate(vectors)
        precision = terms.T @ terms
        precision[:-1, :-1] += TRANSFER * self.precision
        precision[-1, -1] += MEAN_PRECISION
        gain = np.linalg.solve(precision, terms.T)
        change = gain @ errors
        # Of a linear smoother, the error without a song is that with it, over 1 - its leverage.
        left_out = (errors - terms @ change) / (1 - np.einsum("ij,ji->i", terms, gain))[:, None]
        squares = SPREAD_SONGS * self.spread**2 + np.square(left_out).sum(axis=0)
        return replace(
            self,
            weights=self.weights + change[:-1],
            intercept=self.intercept + change[-1],
            spread=np.sqrt(squares / (SPREAD_SONGS + len(terms))),
        )

    def _standardize(self, vectors: ArrayLike) -> Vectors:
        centred = np.asarray(vectors, float).reshape(-1, len(FEATURES)) - self.mean
        return np.clip(centred / self.deviation, -MAX_DEVIATION, MAX_DEVIATION)

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values, the inverse of `from_json`."""
        columns = np.column_stack([self.mean, self.deviation, self.weights]).tolist()
        rows = zip(FEATURES, columns, self.precision.tolist(), strict=True)
        return {
            "version": VERSION,
            "features": {
                name: {**dict(zip(COLUMNS, row, strict=True)), "precision": precision}
                for name, row, precision in rows
            },
            "spread": dict(zip(AXES, self.spread.tolist(), strict=True)),
            "fit": self.fit,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AffectModel:
        """The model from JSON values. Raises KeyError, TypeError or ValueError for others."""
        if (tuple(values["features"]), values["version"]) != (FEATURES, VERSION):
            raise ValueError("it was fitted to other features")
        rows = values["features"].values()
        mean, deviation, *weights = np.array([[row[name] for name in COLUMNS] for row in rows]).T
        return cls(
            mean=mean,
            deviation=deviation,
            weights=np.stack(weights, axis=1),
            intercept=np.zeros(2),
            precision=np.array([row["precision"] for row in rows], float),
            spread=np.array([values["spread"][axis] for axis in AXES], float),
            fit=dict(values["fit"]),
        )

    @classmethod
    def load(cls, path: Path = SHIPPED) -> AffectModel:
        """Load a model, by default the shipped one. Raises MoodpiError if the file is invalid."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MoodpiError(
                f"{path} is not a model of songs ({error}): install moodpi again",
                code="invalid_song_model",
            ) from error
