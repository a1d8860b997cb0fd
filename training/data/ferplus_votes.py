"""Loading the FER+ votes, one row per row of a FER2013 CSV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.text import quoted
from training.data.csv_table import CsvTable, Row

# FER+ has ten votes for a face.
MAX_VOTE_DIGITS = 4
COLUMNS = {
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprise",
    "neutral": "neutral",
}


def load_votes(path: Path, rows: int) -> NDArray[np.float32]:
    """The share of the votes per emotion, float32 [rows, 7]; zeros for a face without votes.

    rows: The rows of the FER2013 CSV.

    Raises MoodpiError for another number of rows, or for an invalid row, which it names.
    """
    counts = np.zeros((rows, len(EMOTIONS)), np.float32)
    read = 0
    for row in CsvTable(path, tuple(COLUMNS)):
        if row.is_empty:
            continue
        if read < rows:
            counts[read] = _vote_counts(path, row)
        read += 1
    if read != rows:
        raise MoodpiError(
            f"{path} has {read} rows, expected {rows}: one per face", code="wrong_row_count"
        )
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _vote_counts(path: Path, row: Row) -> list[int]:
    """The votes for one face in the order of EMOTIONS. An empty cell counts as 0."""
    if row.problem:
        raise _invalid(path, row, f"it is {row.problem}, expected numbers of votes")
    votes = [0] * len(EMOTIONS)
    for column, emotion in COLUMNS.items():
        text = row.cells[column] or "0"
        if not text.isdecimal() or len(text) > MAX_VOTE_DIGITS:
            raise _invalid(path, row, f"{column} is {quoted(text)}, expected a number of votes")
        votes[EMOTIONS.index(emotion)] = int(text)
    return votes


def _invalid(path: Path, row: Row, problem: str) -> MoodpiError:
    return MoodpiError(f"{path} line {row.line}: {problem}", code="invalid_row")
