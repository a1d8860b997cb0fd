"""The folder of a training run: the last checkpoint, the best weights and the run record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.artefact import WEIGHTS
from models.weights import as_float16, load_arrays, pack_arrays, save_arrays
from moodpi.errors import MoodpiError
from moodpi.files import write_atomic

LAST_CHECKPOINT = "last.npz"
BEST_WEIGHTS = "best.npz"
RUN_RECORD = "run.json"
LEARNING_CURVES = "curves.png"
_RECORD_ARRAY = "record"
# The name of the same array in checkpoints of moodpi 0.1.
_OLD_RECORD_ARRAY = "story"


class RunFolder:
    """The files of one training run.

    The run record is a JSON object: configuration, environment and the metrics of every epoch.
    `last.npz` holds the variables and the record together, so an interruption between two writes
    cannot combine the state of one epoch with the record of another. `run.json` is the same record
    for people and for `moodpi export`. Every file is written atomically.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def best_weights(self) -> Path:
        return self.path / BEST_WEIGHTS

    def check_unused(self) -> None:
        """Raise MoodpiError if the folder already holds a run."""
        if (self.path / LAST_CHECKPOINT).exists():
            raise MoodpiError(
                f"{self.path} already holds a run: resume it with --resume, "
                "or name another folder with --run",
                code="run_exists",
            )

    def create(self) -> None:
        """Create the folder. Raises MoodpiError if it holds a run or is not writable."""
        self.check_unused()
        probe = self.path / (RUN_RECORD + ".part")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe.write_text("", encoding="utf-8")
            probe.unlink()
        except OSError as error:
            raise MoodpiError(
                f"cannot write to {self.path}: {error.strerror}", code="run_not_writable"
            ) from error

    def save(self, state: Mapping[str, NDArray[np.generic]], record: Mapping[str, Any]) -> None:
        """Save a checkpoint: the variables by name, and the run record."""
        content = (json.dumps(record, indent=1) + "\n").encode()
        packed = np.frombuffer(content, dtype=np.uint8)
        save_arrays(self.path / LAST_CHECKPOINT, {**state, _RECORD_ARRAY: packed})
        write_atomic({self.path / RUN_RECORD: content})

    def load(self) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
        """The variables and the run record of the last `save`.

        Raises MoodpiError if there is no checkpoint, or if it is damaged.
        """
        path = self.path / LAST_CHECKPOINT
        if not path.exists():
            raise MoodpiError(
                f"no run to resume in {self.path}: leave out --resume", code="no_checkpoint"
            )
        state = load_arrays(path)
        name = _OLD_RECORD_ARRAY if _OLD_RECORD_ARRAY in state else _RECORD_ARRAY
        try:
            record = json.loads(state.pop(name).tobytes())
        except (KeyError, ValueError) as error:
            raise MoodpiError(
                f"{path} is not a checkpoint of a training run: start a new run with --run",
                code="not_a_checkpoint",
            ) from error
        return state, record

    def save_best_weights(
        self, weights: Mapping[str, NDArray[np.generic]], trained_together: str = ""
    ) -> None:
        """Save the weights with the best validation accuracy so far.

        trained_together: the name of a network that is trained together with the run's own.
        """
        save_arrays(self.weights_of(trained_together), weights)

    def weights_of(self, trained_together: str) -> Path:
        """The best weights of a network that is trained together with the run's own."""
        name = Path(BEST_WEIGHTS)
        return self.path / (f"{name.stem}-{trained_together}.npz" if trained_together else name)

    def save_learning_curves(self, png: bytes) -> None:
        """Save the figure of loss and accuracy over the epochs."""
        write_atomic({self.path / LEARNING_CURVES: png})

    def save_float16(self) -> Path:
        """Save the best weights in float16, the precision of the repository; return the path."""
        path = self.path / WEIGHTS
        write_atomic({path: pack_arrays(as_float16(load_arrays(self.best_weights)))})
        return path
