"""Labelled faces from wherever they lie: FER2013's CSV, or folders of pictures."""

from __future__ import annotations

from pathlib import Path

from moodpi.errors import MoodpiError, UsageError
from training.data.faces import Faces, with_validation
from training.data.fer2013_csv import load_fer2013
from training.data.image_folders import load_folders


def load_faces(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """Read a FER2013 CSV (plain, .gz, .zip) or a folder of pictures into splits by name.

    Where no split is told for validation, a seeded tenth of each emotion of Training is cut off
    for it. votes: FER+'s, for a CSV that they go with row for row. Raises MoodpiError where
    something cannot be used.
    """
    if path.is_dir():
        if votes:
            raise UsageError(f"--votes {votes}: FER+'s votes go with the CSV, row for row")
        try:
            return with_validation(load_folders(path))
        except OSError as error:
            raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    return with_validation(load_fer2013(path, votes))
