"""The input of an export: weights, and the record of the run that produced them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.weights import as_float16, load_arrays
from moodpi.errors import MoodpiError
from training.run_folder import RUN_RECORD


@dataclass(frozen=True)
class TrainedWeights:
    """Weights in float16, the precision of the repository: both export to the same bytes.

    Attributes:
        path: The file they come from.
        arrays: The weights by variable path.
        record: The run record in the same folder; None without one.
    """

    path: Path
    arrays: Mapping[str, NDArray[np.generic]]
    record: dict[str, Any] | None

    @classmethod
    def read(cls, path: Path) -> TrainedWeights:
        """Read best.npz of a run or weights.f16.npz. Raises MoodpiError if it is unusable."""
        return cls(path, as_float16(load_arrays(path)), _read_record(path.with_name(RUN_RECORD)))


def _read_record(path: Path) -> dict[str, Any] | None:
    """The run record; paths of the training machine are reduced to file names, for privacy."""
    if not path.exists():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        config = record.get("config", {})
        for key in ("weights", "teachers"):
            if key in config:
                config[key] = _without_folders(config[key])
    except (OSError, ValueError) as error:
        raise MoodpiError(f"cannot read {path}: {error}", code="unreadable_record") from error
    return record


def _without_folders(value: str | list[str]) -> str | list[str]:
    """The file name of a path, and MODEL=NAME for MODEL=PATH."""
    if isinstance(value, list):
        return [
            f"{model}={Path(path).name}"
            for model, _, path in (text.partition("=") for text in value)
        ]
    return Path(value).name
