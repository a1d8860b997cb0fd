"""Loading labelled faces from a FER2013 CSV or from image folders."""

from __future__ import annotations

from pathlib import Path

from moodpi.errors import MoodpiError, UsageError
from training.data.faces import Faces, with_validation_split
from training.data.fer2013_csv import load_fer2013
from training.data.image_folders import load_folders


def check_source(path: Path) -> None:
    """Raise MoodpiError if the file or folder does not exist: a check before slow imports."""
    try:
        path.stat()
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error


def load_faces(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """Load a FER2013 CSV (plain, .gz, .zip) or a folder of images as splits by name.

    Without a validation split, a seeded tenth of each emotion is moved there from Training.

    votes: the FER+ votes for a CSV, one row per CSV row.

    Raises MoodpiError if a file cannot be read, UsageError if votes are given for a folder.
    """
    if path.is_dir():
        if votes:
            raise UsageError(
                f"--votes {votes}: FER+ votes need a CSV, which they match row for row; "
                f"{path} is a folder",
                code="votes_need_csv",
            )
        try:
            return with_validation_split(load_folders(path))
        except OSError as error:
            raise MoodpiError(
                f"cannot read {path}: {error.strerror}", code="unreadable_file"
            ) from error
    return with_validation_split(load_fer2013(path, votes))
