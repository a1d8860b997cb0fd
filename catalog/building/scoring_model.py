"""The scoring model: a track's valence and arousal from its audio features."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

SHIPPED = Path(__file__).with_name("scoring.json")

# Features whose values cluster near zero over several powers of ten. Listeners' labels are linear
# in the logarithm of the feature plus this offset.
LOG_OFFSETS: Mapping[str, float] = {
    "speechiness": 0.01,
    "acousticness": 0.001,
    "instrumentalness": 0.0001,
    "liveness": 0.02,
}
# Products of standardized features: the labels are not linear for very lively and quiet tracks.
PRODUCTS = (("energy", "energy"), ("valence", "valence"), ("energy", "valence"))

# Standardized features are clipped here: larger values do not occur in the labelled tracks, and
# their squares would dominate the score.
MAX_DEVIATION = 3.0


@dataclass(frozen=True)
class ScoringModel:
    """A linear model of standardized features and some of their products.

    Attributes:
        features: The names of the features, in the order of the input.
        mean: The mean of each feature, after the logarithm (LOG_OFFSETS), over the labelled tracks.
        deviation: The standard deviation likewise.
        intercept: Valence and arousal.
        weights: By term, a pair for valence and arousal. A term is a feature or a product `a*b`.
        spread: A 2 x 2 matrix that gives the predictions the covariance of the listeners' labels,
            which any fit to noisy labels shrinks.
        extent: The plane of ranks is -extent..extent on both axes. A track's position is then the
            expected label of listeners, in standard deviations.
        fit: The quality on unseen artists, and how it was measured.
    """

    features: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    intercept: tuple[float, float]
    weights: dict[str, tuple[float, float]]
    spread: tuple[tuple[float, float], tuple[float, float]]
    extent: float
    fit: dict[str, Any]

    def score(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Valence and arousal [n, 2] of raw features [n, len(self.features)].

        They are z-scores of listeners' labels. Rounding to 6 decimals makes the order of tracks
        the same on all processors.
        """
        terms = design_matrix(self.standardize(features), self.features)
        weights = np.array(list(self.weights.values()))
        predicted = terms @ weights @ np.array(self.spread)
        return np.round(predicted + np.array(self.intercept), 6)

    def standardize(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Features with mean 0 and standard deviation 1 over the labelled tracks, [n, f]."""
        return standardize(
            log_transform(features, self.features), np.array(self.mean), np.array(self.deviation)
        )

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values, the inverse of `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ScoringModel:
        """The model from JSON values. Raises KeyError or TypeError if parts are missing."""
        first, second = values["spread"]
        return cls(
            features=tuple(values["features"]),
            mean=tuple(values["mean"]),
            deviation=tuple(values["deviation"]),
            intercept=(values["intercept"][0], values["intercept"][1]),
            weights={term: (pair[0], pair[1]) for term, pair in values["weights"].items()},
            spread=((first[0], first[1]), (second[0], second[1])),
            extent=float(values["extent"]),
            fit=dict(values["fit"]),
        )

    @classmethod
    def load(cls, path: Path = SHIPPED) -> ScoringModel:
        """Load a model, by default the shipped one. Raises MoodpiError if the file is invalid."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise MoodpiError(
                f"{path} is not a scoring model: {error!r}", code="not_a_scoring_model"
            ) from error


def log_transform(features: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Features [n, f] with the logarithm of those in LOG_OFFSETS. `names` are the columns."""
    columns = [
        np.log(column + LOG_OFFSETS[name]) if name in LOG_OFFSETS else column
        for name, column in zip(names, features.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def standardize(
    values: NDArray[np.float64], mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Deviations from the mean in standard deviations [n, f], clipped to MAX_DEVIATION."""
    return np.clip((values - mean) / deviation, -MAX_DEVIATION, MAX_DEVIATION)


def term_names(features: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns of `design_matrix`."""
    return (*features, *(f"{a}*{b}" for a, b in PRODUCTS))


def design_matrix(
    standardized: NDArray[np.float64], features: tuple[str, ...]
) -> NDArray[np.float64]:
    """Standardized features [n, f] followed by PRODUCTS: [n, f + 3].

    The products are not centred; the intercept absorbs their mean.
    """
    column = {name: standardized[:, index] for index, name in enumerate(features)}
    products = [column[a] * column[b] for a, b in PRODUCTS]
    return np.column_stack([standardized, *products])
