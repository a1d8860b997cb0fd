"""Building a catalogue: CSVs read, cleaned and merged, tracks scored, one file written."""

from __future__ import annotations

import glob
import hashlib
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from catalog.building.cleaning import clean
from catalog.building.columns import TRACK_COLUMNS
from catalog.building.csv_rows import read_chunks
from catalog.building.fitting import fit_labels
from catalog.building.moods import MoodModel
from catalog.building.scoring import ScoringModel
from catalog.building.workspace import Workspace
from catalog.building.writer import write_catalogue
from moodpi import __version__
from moodpi.errors import MoodpiError

NAMED_ROWS = 5


@dataclass
class Rejections:
    """Rows that could not be used: how many of each kind, and the first few in full.

    unread: by column, the values that said nothing in rows that were used all the same.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, path: Path, reasons: dict[int, str]) -> None:
        """Count the rows of one file's chunk, `kind: detail` by line."""
        for line, reason in sorted(reasons.items()):
            self.kinds[reason.partition(":")[0]] += 1
            if len(self.examples) < NAMED_ROWS:
                self.examples.append(f"{path.name} line {line}: {reason}")


@dataclass(frozen=True)
class Built:
    """What a build did.

    read: rows in all files; rejections: those that could not be used; same_id, same_song: rows
    merged into another; tracks: what is left, written to `path`.
    """

    path: Path
    read: int
    rejections: Rejections
    same_id: int
    same_song: int
    tracks: int
    content_sha256: str


def build(sources: Sequence[Path], output: Path, labels: Path | None = None) -> Built:
    """Build the catalogue at `output` from CSVs, those most trusted first; swap it in whole.

    labels: listeners' labels to fit the scoring on; without them the shipped coefficients are
    used. Raises MoodpiError where a file cannot be used or `output` cannot be written.
    """
    _check_output(output, [*sources, labels] if labels else sources)
    model = fit_labels(labels) if labels else ScoringModel.load()
    moods = MoodModel.load()
    rejections = Rejections()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="moodpi-catalog-") as folder,
            Workspace(Path(folder) / "work.sqlite") as workspace,
        ):
            inputs = [_read(source, workspace, rejections) for source in sources]
            counts = _merge(workspace, sources, rejections)
            workspace.score(model, moods)
            provenance = {
                "built_by": f"moodpi {__version__}",
                "inputs": inputs,
                "labels": _identity(labels) if labels else None,
                "counts": counts | {"rejected": dict(sorted(rejections.kinds.items()))},
                "scoring": model.as_json(),
                "moods": moods.as_json(),
            }
            content = _write(workspace, output, model.extent, provenance)
    except (sqlite3.Error, OSError) as error:
        raise MoodpiError(f"cannot build {output}: {error}") from error
    read = sum(entry["rows"] for entry in inputs)
    return Built(path=output, read=read, rejections=rejections, content_sha256=content, **counts)


def _check_output(output: Path, sources: Sequence[Path]) -> None:
    if not output.parent.is_dir() or (output.exists() and not output.is_file()):
        raise MoodpiError(f"cannot write {output}: expected a file name in an existing folder")
    if output.resolve() in [source.resolve() for source in sources]:
        raise MoodpiError(f"{output} is one of the CSVs to read: expected another name for -o")


def _merge(workspace: Workspace, sources: Sequence[Path], rejections: Rejections) -> dict[str, int]:
    same_id, same_song = workspace.merge_ids(), workspace.merge_songs()
    tracks = workspace.count("song")
    if not tracks:
        names = ", ".join(source.name for source in sources)
        first = rejections.examples[0] if rejections.examples else "no rows at all"
        raise MoodpiError(f"no usable track in {names}: {first}")
    return {"same_id": same_id, "same_song": same_song, "tracks": tracks}


def _read(path: Path, workspace: Workspace, rejections: Rejections) -> dict[str, Any]:
    """Clean one file into the workspace; return its identity with rows read and used."""
    read = used = 0
    with tqdm(
        desc=path.name,
        total=path.stat().st_size if path.is_file() else None,
        unit="B",
        unit_scale=True,
        disable=None,
        leave=False,
    ) as progress:
        for chunk in read_chunks(path, TRACK_COLUMNS):
            cleaned = clean(chunk.rows)
            workspace.add(cleaned.tracks)
            rejections.add(path, chunk.broken | cleaned.rejected)
            read += len(chunk.rows) + len(chunk.broken)
            used += len(cleaned.tracks)
            rejections.unread.update(cleaned.unread)
            progress.update(chunk.position - progress.n)
    return {**_identity(path), "rows": read, "used": used}


def _identity(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"name": path.name, "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}


def _write(workspace: Workspace, output: Path, extent: float, provenance: dict[str, Any]) -> str:
    # Of this process alone: two builds to one file must not write into each other's.
    aside = output.with_name(f"{output.name}.{os.getpid()}.part")
    _remove_leftovers(output)
    try:
        written = write_catalogue(workspace.database, str(aside), extent, provenance)
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        aside.replace(output)
    finally:
        aside.unlink(missing_ok=True)
    return str(written["content_sha256"])


def _remove_leftovers(output: Path) -> None:
    """Remove what builds to this file left that were killed: theirs is no process any more."""
    for part in output.parent.glob(f"{glob.escape(output.name)}.*.part"):
        number = part.name.removeprefix(f"{output.name}.").removesuffix(".part")
        if number.isdecimal() and not Path("/proc", number).exists():
            part.unlink(missing_ok=True)
