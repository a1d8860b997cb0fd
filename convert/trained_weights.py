"""What an export starts from: weights and, beside their file, the record of the run they are of."""

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
    """Weights in the precision the repository keeps, so that it can always make the same file.

    arrays: float16, by the path of their variable. record: the run's, None where none lies beside.
    """

    path: Path
    arrays: Mapping[str, NDArray[np.generic]]
    record: dict[str, Any] | None

    @classmethod
    def read(cls, path: Path) -> TrainedWeights:
        """Read best.npz of a run or weights.f16.npz; MoodpiError if it is missing or damaged."""
        return cls(path, as_float16(load_arrays(path)), _read_record(path.with_name(RUN_RECORD)))


def _read_record(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        config = record.get("config", {})
        # Where files lay on the machine that trained is nobody's business.
        for key in ("weights", "teachers"):
            if key in config:
                config[key] = _without_folders(config[key])
    except (OSError, ValueError) as error:
        raise MoodpiError(f"{path} cannot be read: {error}") from error
    return record


def _without_folders(value: str | list[str]) -> str | list[str]:
    """A file's name for its path, and MODEL=NAME for MODEL=PATH."""
    if isinstance(value, list):
        return [
            f"{model}={Path(path).name}"
            for model, _, path in (text.partition("=") for text in value)
        ]
    return Path(value).name
