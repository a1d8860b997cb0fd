"""A run's folder: one file holds all that a resume needs, one the best weights, one its story."""

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

LAST = "last.npz"
BEST = "best.npz"
STORY = "run.json"
CURVES = "curves.png"
_STORY_ARRAY = "story"


class RunFolder:
    """The files of one training run.

    `last.npz` holds the variables and the story together, so that a power cut or Ctrl-C between two
    writes cannot leave a state of one epoch with the story of another. `run.json` is the same story
    for people and for `moodpi export`. Every file is written aside and swapped in.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def best(self) -> Path:
        return self.path / BEST

    def check_free(self) -> None:
        """MoodpiError if the folder holds a run already."""
        if (self.path / LAST).exists():
            raise MoodpiError(
                f"{self.path} holds a run already: go on with it by --resume, "
                "or give another folder by --run"
            )

    def begin(self) -> None:
        """Make the folder; MoodpiError if it holds a run already or cannot be written."""
        self.check_free()
        probe = self.path / (STORY + ".part")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe.write_text("", encoding="utf-8")
            probe.unlink()
        except OSError as error:
            raise MoodpiError(f"cannot write into {self.path}: {error.strerror}") from error

    def save(self, state: Mapping[str, NDArray[np.generic]], story: Mapping[str, Any]) -> None:
        """Keep where the run stands."""
        text = json.dumps(story, indent=1) + "\n"
        packed = np.frombuffer(text.encode(), dtype=np.uint8)
        save_arrays(self.path / LAST, {**state, _STORY_ARRAY: packed})
        write_atomic({self.path / STORY: text.encode()})

    def load(self) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
        """The state and story of the last `save`; MoodpiError where there is none."""
        path = self.path / LAST
        if not path.exists():
            raise MoodpiError(f"nothing to resume in {self.path}: leave out --resume")
        state = load_arrays(path)
        try:
            story = json.loads(state.pop(_STORY_ARRAY).tobytes())
        except (KeyError, ValueError) as error:
            raise MoodpiError(f"{path} is no checkpoint of a run: begin anew with --run") from error
        return state, story

    def save_best(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        """Keep the weights that did best on the validation faces so far."""
        save_arrays(self.best, weights)

    def save_curves(self, picture: bytes) -> None:
        """Keep a picture of the run's course."""
        write_atomic({self.path / CURVES: picture})

    def save_half(self) -> Path:
        """Write the best weights once more in float16, as the repository keeps them."""
        write_atomic({self.path / WEIGHTS: pack_arrays(as_float16(load_arrays(self.best)))})
        return self.path / WEIGHTS
