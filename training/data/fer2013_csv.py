"""Loading the FER2013 CSV and its FER+ votes, with every row checked."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.text import quoted
from training.data.csv_table import CsvTable, Row
from training.data.faces import SIDE, Faces
from training.data.ferplus_votes import load_votes
from training.data.left_out import LeftOut
from training.data.split_names import SPLITS, TRAINING, split_of_name

log = logging.getLogger(__name__)

PIXELS = SIDE * SIDE
# pandas writes a column of whole numbers as `3.0` if one is missing.
LABELS = {text: label for label in range(len(EMOTIONS)) for text in (f"{label}", f"{label}.0")}


@dataclass
class LabelledRows:
    """The valid rows of a CSV, and what is left out.

    Attributes:
        pixels: The pixels of all faces, one byte each.
        labels: The index into EMOTIONS of each face.
        splits: The split of each face.
        numbers: The number of each face's row among all rows, from 0, without empty lines.
        count: The number of all rows, without empty lines.
        left_out: The other rows, and empty lines between rows.
    """

    pixels: bytearray = field(default_factory=bytearray)
    labels: list[int] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    count: int = 0
    left_out: LeftOut = field(default_factory=LeftOut)


def load_fer2013(path: Path, votes: Path | None = None) -> dict[str, Faces]:
    """Load a FER2013 CSV, plain or in a gzip, tar or ZIP file, as splits by its `Usage` column.

    Invalid rows are left out, and a warning counts and names them. Without a `Usage` column every
    row belongs to Training, which a warning states.

    votes: the FER+ table, one row per CSV row.

    Raises MoodpiError for a file that cannot be read, unknown values of `Usage`, labels of another
    numbering, or no valid row.
    """
    table = CsvTable(path, ("emotion", "pixels"), ("usage",))
    rows = read_rows(table)
    shares = np.zeros((len(rows.labels), len(EMOTIONS)), np.float32)
    if votes:
        shares = load_votes(votes, rows.count)[rows.numbers]
    if rows.left_out:
        log.warning("%s: left out %s", table.name, rows.left_out)
    images = np.frombuffer(rows.pixels, np.uint8).reshape(-1, SIDE, SIDE)
    labels, splits = np.array(rows.labels), np.array(rows.splits)
    return {
        split: Faces(images[chosen], labels[chosen], shares[chosen])
        for split in dict.fromkeys(rows.splits)
        for chosen in [splits == split]
    }


def read_rows(table: CsvTable) -> LabelledRows:
    """The rows of the table.

    Raises MoodpiError as load_fer2013 does.
    """
    if "usage" not in table.columns:
        log.warning(
            "%s has no Usage column (its columns: %s): every row is %s",
            table.name,
            table.header,
            TRAINING,
        )
    rows = LabelledRows()
    has_seven = False
    for row in table:
        rows.count += not row.is_empty
        has_seven = has_seven or row.cells.get("emotion", "").strip() in ("7", "7.0")
        try:
            label, pixels = _label(row), _pixels(row)
            split = _split(table, row)
        except _InvalidRowError as invalid:
            rows.left_out.add(invalid.reason, f"line {row.line}{invalid.value}")
            continue
        rows.labels.append(label)
        rows.pixels += pixels
        rows.splits.append(split)
        rows.numbers.append(rows.count - 1)
    if has_seven and 0 not in rows.labels:
        raise MoodpiError(
            f"{table.name}: emotion is 7 but never 0, expected FER2013's numbers: "
            f"{', '.join(f'{label} {emotion}' for label, emotion in enumerate(EMOTIONS))}",
            code="other_numbering",
        )
    if not rows.labels:
        raise MoodpiError(
            f"{table.name} has no valid row: expected FER2013's emotion,pixels,Usage"
            + (f"; left out {rows.left_out}" if rows.left_out else ""),
            code="no_rows",
        )
    return rows


class _InvalidRowError(Exception):
    """A row is left out: the reason, and the invalid value as `: value`."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = f": {value}" if value else ""


def _label(row: Row) -> int:
    if row.problem:
        raise _InvalidRowError(row.problem)
    text = row.cells["emotion"].strip()
    if text not in LABELS:
        raise _InvalidRowError("with an emotion other than 0 to 6", quoted(text))
    return LABELS[text]


def _pixels(row: Row) -> bytes:
    """The pixels, 2304 bytes."""
    numbers = row.cells["pixels"].split()
    if len(numbers) != PIXELS:
        raise _InvalidRowError(
            f"without {PIXELS} ({SIDE} x {SIDE}) pixels", f"{len(numbers)} pixels"
        )
    try:
        return bytes(map(int, numbers))
    except ValueError as error:
        value = next((number for number in numbers if not _is_byte(number)), "")
        raise _InvalidRowError(
            "with a pixel that is no whole number from 0 to 255", quoted(value)
        ) from error


def _is_byte(text: str) -> bool:
    return text.isdecimal() and len(text) <= 3 and int(text) <= 255


def _split(table: CsvTable, row: Row) -> str:
    """The split of a row. Raises MoodpiError for an unknown one, which is no Training."""
    if "usage" not in table.columns:
        return TRAINING
    text = row.cells["usage"].strip()
    if not text:
        raise _InvalidRowError("without Usage")
    split = split_of_name(text)
    if split is None:
        raise MoodpiError(
            f"{table.name} line {row.line}: Usage is {quoted(text)}, expected one of "
            f"{', '.join(SPLITS)}: rename it",
            code="unknown_split",
        )
    return split
