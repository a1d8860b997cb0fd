"""The file of the resting face: seven numbers, never a picture."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from edge.mood.log_probabilities import MIN_PROBABILITY
from edge.vision.model_identity import ModelIdentity
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.files import read_json_state
from moodpi.paths import state_folder
from moodpi.private_files import write_private
from moodpi.text import MAX_NAME_LENGTH, checked_text

FILE = "resting-face.json"
MAX_FILE_BYTES = 10_000
# The last second of the year 9998, in every time zone a time that datetime can show.
MAX_TIME = 253_370_764_799
SHA256 = re.compile("[0-9a-f]{64}")
Origin = Literal["calibrated", "learned"]


@dataclass(frozen=True, eq=False)
class RestingFaceRecord:
    """A measured resting face.

    Attributes:
        origin: Whether a person calibrated, or it was learned.
        model: The model that measured it; it holds for no other.
        time: When it was measured, in seconds since 1970 (UTC).
        seconds: How long a face was in view for it.
        mean_log_probabilities: float64 [7], log(MIN_PROBABILITY) to 0.
    """

    origin: Origin
    model: ModelIdentity
    time: float
    seconds: float
    mean_log_probabilities: NDArray[np.float64]

    def to_json(self) -> dict[str, Any]:
        """The content of the file."""
        return {
            "origin": self.origin,
            "model": self.model.name,
            "sha256": self.model.sha256,
            "time": round(self.time, 3),
            "seconds": round(self.seconds, 1),
            "mean_log_probabilities": self.means_by_emotion(),
        }

    def means_by_emotion(self) -> dict[str, float]:
        """The mean log probabilities by emotion, rounded to four decimal places."""
        means = zip(EMOTIONS, self.mean_log_probabilities, strict=True)
        return {name: round(float(mean), 4) for name, mean in means}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> RestingFaceRecord:
        """The record in a file. Raises ValueError, TypeError or KeyError for any other content."""
        if document["origin"] not in get_args(Origin):
            raise ValueError(f"origin: expected one of {', '.join(get_args(Origin))}")
        if not SHA256.fullmatch(checked_text(document["sha256"], 64)):
            raise ValueError("sha256: expected 64 hexadecimal digits")
        means = document["mean_log_probabilities"]
        lowest = math.log(MIN_PROBABILITY)
        return cls(
            document["origin"],
            ModelIdentity(checked_text(document["model"], MAX_NAME_LENGTH), document["sha256"]),
            _checked_number(document["time"], 0, MAX_TIME),
            _checked_number(document["seconds"], 0, MAX_TIME),
            np.array([_checked_number(means[name], lowest - 1e-3, 0) for name in EMOTIONS]),
        )


class RestingFaceFile:
    """Reads and writes the record in the state folder.

    path: By default the file in the user's state folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_folder() / FILE

    def load(self) -> RestingFaceRecord | None:
        """The record; None without one. A damaged file is quarantined and logged."""
        return read_json_state(self.path, MAX_FILE_BYTES, RestingFaceRecord.from_json)

    def save(self, record: RestingFaceRecord) -> None:
        """Replace the record. Raises MoodpiError if it cannot be written; the old one remains."""
        write_private({self.path: json.dumps(record.to_json(), indent=1).encode() + b"\n"})

    def delete(self) -> None:
        """Delete the record, if there is one. Raises MoodpiError if it cannot be deleted."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise MoodpiError(
                f"cannot delete {self.path}: {error.strerror}", code="cannot_delete"
            ) from error


def _checked_number(value: object, low: float, high: float) -> float:
    """The value, if it is a number in this range that is finite. Raises ValueError or TypeError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number from {low:g} to {high:g}")
    if not low <= value <= high or not math.isfinite(value):
        raise ValueError(f"{value}: expected a number from {low:g} to {high:g}")
    return float(value)
