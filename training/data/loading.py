"""Loading labelled faces from a FER2013 CSV or from image folders."""

from __future__ import annotations

from pathlib import Path

from moodpi.errors import MoodpiError, UsageError
from training.data.face_sheets import is_sheets, load_sheets
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013
from training.data.splits import with_validation_split


def check_source(path: Path) -> None:
    """Raise MoodpiError if the file or folder does not exist: a check before slow imports."""
    try:
        path.stat()
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error


def load_splits(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """Load a FER2013 CSV, plain or in an archive, a folder of images or face sheets, as splits.

    No split is empty. votes: the FER+ votes for a CSV, one row per CSV row.

    Raises MoodpiError if a file cannot be read, UsageError if votes are given for a folder.
    """
    if not path.is_dir():
        return load_fer2013(path, votes)
    if votes:
        raise UsageError(
            f"--votes {votes}: FER+ votes need a CSV, which they match row for row; "
            f"{path} is a folder",
            code="votes_need_csv",
        )
    if is_sheets(path):
        return load_sheets(path)
    # A machine that trains from face sheets has no OpenCV.
    from training.data.image_folders import load_folders

    return load_folders(path)


def load_faces(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """The splits of the data as in load_splits, and one for validation.

    Without one in the data, a seeded tenth of each emotion is moved there from Training.
    """
    return with_validation_split(load_splits(path, votes), path)
