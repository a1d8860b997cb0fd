"""FER2013 as one CSV, and its FER+ votes, read and checked row by row."""

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
from training.data.faces import SIDE, TRAINING, Faces

COLUMNS = ("emotion", "pixels")
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
    """Read a FER2013 CSV (plain, .gz or .zip) into its splits, keyed by the `Usage` column.

    Without that column every row is Training. `votes` is FER+'s table, row for row with the CSV.
    Raises MoodpiError naming the first row that cannot be used.
    """
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    usages: list[str] = []
    for row, record in _records(path, COLUMNS, "FER2013"):
        labels.append(_label(path, row, record["emotion"]))
        images.append(_pixels(path, row, record["pixels"]))
        usages.append(_usage(path, row, record.get("Usage", TRAINING)))
    if not labels:
        raise MoodpiError(f"{path} has no rows: expected FER2013's {','.join(COLUMNS)},Usage")
    ballots = _load_votes(votes, len(labels)) if votes else np.zeros((len(labels), 7), np.float32)
    stacked, label_array, usage_array = np.stack(images), np.array(labels), np.array(usages)
    return {
        str(usage): Faces(stacked[rows], label_array[rows], ballots[rows])
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
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error


def _only_csv(path: Path) -> IO[bytes]:
    """The one CSV in a ZIP archive."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise MoodpiError(f"{path} cannot be read as a ZIP archive: {error}") from error
    names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(names) != 1:
        found = ", ".join(names) or "none"
        raise MoodpiError(f"{path} holds {len(names)} CSVs ({found}), expected one")
    try:
        return archive.open(names[0])
    except RuntimeError as error:  # encrypted, or packed in a way zipfile does not know
        raise MoodpiError(
            f"{path} cannot be opened: {error}: unpack it and give the CSV"
        ) from error


def _records(path: Path, columns: Iterable[str], kind: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the number of its line; a cell that a short row lacks is an empty text."""
    with _open_text(path) as stream:
        try:
            reader = csv.DictReader(stream, restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise MoodpiError(
                    f"{path} lacks the columns {', '.join(missing)}: expected {kind}'s "
                    f"{','.join(columns)}"
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
            raise MoodpiError(f"{path} cannot be read as CSV: {error}") from error


def _label(path: Path, row: int, text: str) -> int:
    if not text.isdecimal() or int(text) >= len(EMOTIONS):
        raise MoodpiError(f"{path} line {row}: emotion is '{text}', expected 0 to 6")
    return int(text)


def _usage(path: Path, row: int, text: str) -> str:
    if not text:
        raise MoodpiError(f"{path} line {row}: Usage is empty, expected Training or PublicTest")
    return text


def _pixels(path: Path, row: int, text: str) -> NDArray[np.uint8]:
    try:
        values = np.array(text.split(), dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise MoodpiError(f"{path} line {row}: pixels are not all whole numbers") from error
    if len(values) != SIDE * SIDE:
        raise MoodpiError(
            f"{path} line {row}: {len(values)} pixels, expected {SIDE * SIDE} ({SIDE} x {SIDE})"
        )
    if values.min() < 0 or values.max() > 255:
        raise MoodpiError(f"{path} line {row}: a pixel outside 0..255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _load_votes(path: Path, rows: int) -> NDArray[np.float32]:
    counts = np.zeros((rows, len(EMOTIONS)), np.float32)
    read = 0
    for row, record in _records(path, FERPLUS_COLUMNS, "FER+"):
        if read < rows:
            counts[read] = _ballot(path, row, record)
        read += 1
    if read != rows:
        raise MoodpiError(f"{path} has {read} rows, expected {rows}: one for each face")
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def _ballot(path: Path, row: int, record: dict[str, str]) -> list[int]:
    """The votes of one face in the order of EMOTIONS; an empty cell is none."""
    votes = [0] * len(EMOTIONS)
    for column, emotion in FERPLUS_COLUMNS.items():
        text = record[column] or "0"
        if not text.isdecimal():
            raise MoodpiError(f"{path} line {row}: {column} is '{text}', expected a count of votes")
        votes[EMOTIONS.index(emotion)] = int(text)
    return votes
