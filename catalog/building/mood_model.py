"""The mood model: calm, energetic, happy or sad, from a track's audio features."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.building.columns import FEATURES
from catalog.building.scoring_model import LOG_OFFSETS, standardize
from catalog.schema import MOODS
from moodpi.errors import MoodpiError

SHIPPED = Path(__file__).with_name("moods.json")
TERMS = (*FEATURES, *(f"log {name}" for name in LOG_OFFSETS))


@dataclass(frozen=True)
class MoodModel:
    """Multinomial logistic regression of the features and of some of their logarithms.

    Attributes:
        mean: The mean of each of TERMS over the songs it was fitted to.
        deviation: The standard deviation likewise.
        intercept: By mood, in the order of MOODS.
        weights: By term, then by mood.
        fit: The quality on unseen artists, and how it was measured.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    intercept: tuple[float, ...]
    weights: dict[str, tuple[float, ...]]
    fit: dict[str, Any]

    def classify(self, features: NDArray[np.float64]) -> NDArray[np.int64]:
        """The moods [n], indices into MOODS, of raw features [n, f] in the order of FEATURES.

        Rounding the logits to 6 decimals makes the result the same on all processors.
        """
        terms = standardize(expand(features), np.array(self.mean), np.array(self.deviation))
        logits = terms @ np.array(list(self.weights.values())) + np.array(self.intercept)
        return np.argmax(np.round(logits, 6), axis=1)

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values, the inverse of `from_json`."""
        return {"moods": MOODS, **asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> MoodModel:
        """The model from JSON values. Raises KeyError or ValueError if parts do not fit."""
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
        """Load a model, by default the shipped one. Raises MoodpiError if the file is invalid."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise MoodpiError(
                f"{path} is not a mood model: {error!r}", code="not_a_mood_model"
            ) from error


def expand(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features [n, f] followed by the logarithms of those in LOG_OFFSETS: the columns of TERMS."""
    logs = [
        np.log(features[:, FEATURES.index(name)] + offset) for name, offset in LOG_OFFSETS.items()
    ]
    return np.column_stack([features, *logs])
