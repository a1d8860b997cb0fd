"""Which of four moods a track has: calm, energetic, happy or sad, from its audio features."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.building.columns import FEATURES
from catalog.building.scoring import LOG_OFFSETS, standardize
from catalog.schema import MOODS
from moodpi.errors import MoodpiError

SHIPPED = Path(__file__).with_name("moods.json")
TERMS = (*FEATURES, *(f"log {name}" for name in LOG_OFFSETS))


@dataclass(frozen=True)
class MoodModel:
    """Multinomial logistic regression on the features and the logarithms of those that crowd near
    zero.

    mean, deviation: of each of TERMS over the songs it was fitted on. intercept: by mood. weights:
    by term, then by mood, in MOODS' order. fit: how well it does on artists it never saw.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    intercept: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]
    fit: dict[str, Any]

    def classify(self, features: NDArray[np.float64]) -> NDArray[np.int64]:
        """The index in MOODS [n] of tracks' raw features [n, f], in FEATURES' order.

        Logits are rounded to 6 decimals so that no processor's last bits decide a mood.
        """
        terms = standardize(expand(features), np.array(self.mean), np.array(self.deviation))
        logits = terms @ np.array(list(self.weights.values())) + np.array(self.intercept)
        return np.argmax(np.round(logits, 6), axis=1)

    def as_json(self) -> dict[str, Any]:
        """The model as plain JSON values; `from_json` reads them back."""
        return {"moods": MOODS, **asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> MoodModel:
        """The model that `as_json` wrote. Raises KeyError or ValueError where parts do not fit."""
        if tuple(values["moods"]) != MOODS or tuple(values["weights"]) != TERMS:
            raise ValueError(f"expected weights of {', '.join(TERMS)} for {', '.join(MOODS)}")
        return cls(
            mean=tuple(values["mean"]),
            deviation=tuple(values["deviation"]),
            intercept=tuple(values["intercept"]),
            weights={term: tuple(row) for term, row in values["weights"].items()},
            fit=dict(values["fit"]),
        )

    @classmethod
    def load(cls, path: Path = SHIPPED) -> MoodModel:
        """The shipped coefficients, or those of another file. Raises MoodpiError if unusable."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise MoodpiError(f"{path} is not a mood model: {error!r}") from error


def expand(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features [n, f] followed by the logarithms of those in LOG_OFFSETS: a column for each of
    TERMS.
    """
    logs = [
        np.log(features[:, FEATURES.index(name)] + offset) for name, offset in LOG_OFFSETS.items()
    ]
    return np.column_stack([features, *logs])
