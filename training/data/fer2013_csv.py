"""Loading the FER2013 CSV and its FER+ votes, with every row checked."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TextIO

import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.text import MAX_NAME_LENGTH, clean_text, quoted
from training.data.faces import SIDE, TRAINING, Faces

COLUMNS = ("emotion", "pixels")
LABELS = tuple(map(str, range(len(EMOTIONS))))
# FER+ has ten votes for a face.
MAX_VOTE_DIGITS = 4
FERPLUS_COLUMNS = {
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprise",
    "neutral": "neutral",
}


def load_fer2013(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """Load a FER2013 CSV (plain, .gz or .zip) as splits by the `Usage` column.

    Without that column every row belongs to Training.

    votes: the FER+ table, one row per CSV row.

    Raises MoodpiError that names the first invalid row.
    """
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    usages: list[str] = []
    for row, record in _records(path, COLUMNS, "FER2013"):
        labels.append(_label(path, row, record["emotion"]))
        images.append(_pixels(path, row, record["pixels"]))
        usages.append(_usage(path, row, record.get("Usage", TRAINING)))
    if not labels:
        raise MoodpiError(
            f"{path} has no rows: expected FER2013's {','.join(COLUMNS)},Usage", code="no_rows"
        )
    shares = _load_votes(votes, len(labels)) if votes else np.zeros((len(labels), 7), np.float32)
    stacked, label_array, usage_array = np.stack(images), np.array(labels), np.array(usages)
    return {
        str(usage): Faces(stacked[rows], label_array[rows], shares[rows])
        for usage in dict.fromkeys(usages)
        for rows in [usage_array == usage]
    }


def _open_text(path: Path) -> TextIO:
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", newline="", encoding="utf-8-sig")
        if path.suffix == ".zip":
            return io.TextIOWrapper(_only_csv(path), encoding="utf-8-sig", newline="")
        return path.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="unreadable_file"
        ) from error


def _only_csv(path: Path) -> IO[bytes]:
    """The only CSV in a ZIP archive."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise MoodpiError(f"{path} is not a ZIP archive: {error}", code="not_an_archive") from error
    names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(names) != 1:
        listed = ", ".join(names) or "none"
        raise MoodpiError(
            f"{path} holds {len(names)} CSV files ({listed}), expected one", code="not_one_csv"
        )
    try:
        return archive.open(names[0])
    except RuntimeError as error:  # encrypted, or an unknown compression method
        raise MoodpiError(
            f"cannot open {path}: {error}: unpack it and use the CSV", code="unreadable_file"
        ) from error


def _records(path: Path, columns: Iterable[str], kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line number. Cells that a short row lacks are empty strings."""
    with _open_text(path) as stream:
        try:
            reader = csv.DictReader(stream, restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise MoodpiError(
                    f"{path} lacks the columns {', '.join(missing)}: expected {kind}'s "
                    f"{','.join(columns)}",
                    code="missing_columns",
                )
            for record in reader:
                yield reader.line_num, record
        except (
            OSError,
            EOFError,
            UnicodeDecodeError,
            csv.Error,
            zlib.error,
            zipfile.BadZipFile,
        ) as error:
            raise MoodpiError(
                f"cannot read {path} as CSV: {error}", code="unreadable_file"
            ) from error


def _label(path: Path, row: int, text: str) -> int:
    if text not in LABELS:
        raise _invalid(path, row, f"emotion is {quoted(text)}, expected 0 to 6")
    return int(text)


def _usage(path: Path, row: int, text: str) -> str:
    if not text:
        raise _invalid(path, row, "Usage is empty, expected Training or PublicTest")
    return clean_text(text, MAX_NAME_LENGTH)


def _pixels(path: Path, row: int, text: str) -> NDArray[np.uint8]:
    try:
        values = np.array(text.split(), dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise _invalid(path, row, "pixels are not all whole numbers") from error
    if len(values) != SIDE * SIDE:
        raise _invalid(path, row, f"{len(values)} pixels, expected {SIDE * SIDE} ({SIDE} x {SIDE})")
    if values.min() < 0 or values.max() > 255:
        raise _invalid(path, row, "a pixel is outside 0..255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _invalid(path: Path, line: int, problem: str) -> MoodpiError:
    return MoodpiError(f"{path} line {line}: {problem}", code="invalid_row")


def _load_votes(path: Path, rows: int) -> NDArray[np.float32]:
    """The share of the votes per emotion, float32 [rows, 7]; zeros for a face without votes."""
    counts = np.zeros((rows, len(EMOTIONS)), np.float32)
    read = 0
    for row, record in _records(path, FERPLUS_COLUMNS, "FER+"):
        if read < rows:
            counts[read] = _vote_counts(path, row, record)
        read += 1
    if read != rows:
        raise MoodpiError(
            f"{path} has {read} rows, expected {rows}: one per face", code="wrong_row_count"
        )
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _vote_counts(path: Path, row: int, record: dict[str, str]) -> list[int]:
    """The votes for one face in the order of EMOTIONS. An empty cell counts as 0."""
    votes = [0] * len(EMOTIONS)
    for column, emotion in FERPLUS_COLUMNS.items():
        text = record[column] or "0"
        if not text.isdecimal() or len(text) > MAX_VOTE_DIGITS:
            raise _invalid(path, row, f"{column} is {quoted(text)}, expected a number of votes")
        votes[EMOTIONS.index(emotion)] = int(text)
    return votes
