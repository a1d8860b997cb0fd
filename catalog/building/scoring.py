"""How pleasant and how exciting a track sounds: valence and arousal from its audio features."""

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

# Some features crowd near zero over several powers of ten: their logarithm, from this offset on,
# is what listeners' labels are linear in.
LOG_OFFSETS: Mapping[str, float] = {
    "speechiness": 0.01,
    "acousticness": 0.001,
    "instrumentalness": 0.0001,
    "liveness": 0.02,
}
# Products of standardized features: very lively and very quiet tracks are each their own case.
PRODUCTS = (("energy", "energy"), ("valence", "valence"), ("energy", "valence"))

REACH = 3.0


@dataclass(frozen=True)
class ScoringModel:
    """A linear model on standardized features and a few of their products.

    features: what is read, in order. mean, deviation: of each (after its logarithm, see
    LOG_OFFSETS). intercept: [valence, arousal]. weights: by term, [valence, arousal]; a term is a
    feature or `a*b`. spread: 2 x 2, undoes the shrinkage that any fit to noisy labels has, so that
    predictions vary together as listeners' labels do. extent: where the plane of ranks ends,
    -extent..extent, so that a track's place on an axis is what listeners can be expected to say of
    it, in deviations of their labels. fit: how well it does on unseen artists.
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

        On the scale of listeners' z-scores, spread included; rounded to 6 decimals so that no
        processor's last bits decide an order.
        """
        terms = design(self.standardize(features), self.features)
        weights = np.array(list(self.weights.values()))
        predicted = terms @ weights @ np.array(self.spread)
        return np.round(predicted + np.array(self.intercept), 6)

    def standardize(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Features with mean 0 and deviation 1 over the tracks that listeners labelled."""
        return standardize(
            unskew(features, self.features), np.array(self.mean), np.array(self.deviation)
        )

    def as_json(self) -> dict[str, Any]:
        """The model as plain JSON values; `from_json` reads them back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ScoringModel:
        """The model that `as_json` wrote. Raises KeyError or TypeError where parts are missing."""
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
        """The shipped coefficients, or those of another file. Raises MoodpiError if unusable."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise MoodpiError(f"{path} is not a scoring model: {error!r}") from error


def unskew(features: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Features [n, f] with the logarithm taken of those in LOG_OFFSETS."""
    columns = [
        np.log(column + LOG_OFFSETS[name]) if name in LOG_OFFSETS else column
        for name, column in zip(names, features.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def standardize(
    unskewed: NDArray[np.float64], mean: NDArray[np.float64], deviation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Deviations from the mean, within REACH: squares of what no listener labelled run away."""
    return np.clip((unskewed - mean) / deviation, -REACH, REACH)


def term_names(features: tuple[str, ...]) -> tuple[str, ...]:
    """The names of `design`'s columns."""
    return (*features, *(f"{a}*{b}" for a, b in PRODUCTS))


def design(standardized: NDArray[np.float64], features: tuple[str, ...]) -> NDArray[np.float64]:
    """Standardized features [n, f] followed by PRODUCTS, [n, f + 3]; a product's mean over the
    labelled tracks is left to the intercept.
    """
    column = {name: standardized[:, index] for index, name in enumerate(features)}
    products = [column[a] * column[b] for a, b in PRODUCTS]
    return np.column_stack([standardized, *products])
