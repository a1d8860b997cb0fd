"""Building a catalogue: read, clean and merge CSVs, score the tracks, write one file."""

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
from catalog.building.csv_reader import read_chunks
from catalog.building.mood_model import MoodModel
from catalog.building.scoring_model import ScoringModel
from catalog.building.staging import StagingDatabase
from catalog.building.writer import write_catalog
from moodpi import __version__
from moodpi.errors import MoodpiError
from moodpi.text import escape_controls

MAX_EXAMPLES = 5


@dataclass
class RejectedRows:
    """The rejected rows of a build.

    Attributes:
        kinds: The number of rows by kind of reason.
        examples: The first MAX_EXAMPLES reasons, with file and line.
        unparsed: By optional column, the number of values that could not be parsed in used rows.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    unparsed: Counter[str] = field(default_factory=Counter)

    def add(self, path: Path, reasons: dict[int, str]) -> None:
        """Add the rejected rows of one chunk: `kind: detail` by line."""
        for line, reason in sorted(reasons.items()):
            self.kinds[reason.partition(":")[0]] += 1
            if len(self.examples) < MAX_EXAMPLES:
                self.examples.append(f"{path.name} line {line}: {reason}")


@dataclass(frozen=True)
class BuildReport:
    """The result of a build.

    Attributes:
        path: The catalogue.
        read: The number of rows in all files.
        rejected: The rows that were not used.
        same_id: The number of rows merged into another one with the same id.
        same_song: The number of tracks merged into another release of the same song.
        tracks: The number of tracks in the catalogue.
        content_sha256: The checksum of its tracks.
    """

    path: Path
    read: int
    rejected: RejectedRows
    same_id: int
    same_song: int
    tracks: int
    content_sha256: str


def build(sources: Sequence[Path], output: Path, labels: Path | None = None) -> BuildReport:
    """Build the catalogue at `output` from CSVs, in order of precedence; replace it atomically.

    labels: A CSV with listeners' labels to fit the scoring model to. Without it, the shipped model
        is used.

    Raises MoodpiError if a file is unusable or `output` cannot be written.
    """
    _check_output(output, [*sources, labels] if labels else sources)
    model = _fit(labels) if labels else ScoringModel.load()
    moods = MoodModel.load()
    rejected = RejectedRows()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="moodpi-catalog-") as folder,
            StagingDatabase(Path(folder) / "staging.sqlite") as staging,
        ):
            inputs = [_read(source, staging, rejected) for source in sources]
            counts = _merge(staging, sources, rejected)
            staging.score(model, moods)
            provenance = {
                "built_by": f"moodpi {__version__}",
                "inputs": inputs,
                "labels": _identity(labels) if labels else None,
                "counts": counts | {"rejected": dict(sorted(rejected.kinds.items()))},
                "scoring": model.to_json(),
                "moods": moods.to_json(),
            }
            content = _write(staging, output, model.extent, provenance)
    except (sqlite3.Error, OSError) as error:
        raise MoodpiError(f"cannot build {output}: {error}", code="build_failed") from error
    read = sum(entry["rows"] for entry in inputs)
    return BuildReport(path=output, read=read, rejected=rejected, content_sha256=content, **counts)


def _fit(labels: Path) -> ScoringModel:
    # heavy import (scikit-learn), only needed for fitting
    from catalog.building.scoring_fit import fit_scoring_model

    return fit_scoring_model(labels)


def _check_output(output: Path, sources: Sequence[Path]) -> None:
    if not output.parent.is_dir() or (output.exists() and not output.is_file()):
        raise MoodpiError(
            f"cannot write {output}: expected a file name in an existing folder",
            code="invalid_output",
        )
    if output.resolve() in [source.resolve() for source in sources]:
        raise MoodpiError(
            f"cannot write {output}: it is one of the input files, choose another name for -o",
            code="output_is_input",
        )


def _merge(
    staging: StagingDatabase, sources: Sequence[Path], rejected: RejectedRows
) -> dict[str, int]:
    same_id, same_song = staging.merge_ids(), staging.merge_songs()
    tracks = staging.count("song")
    if not tracks:
        names = ", ".join(source.name for source in sources)
        first = rejected.examples[0] if rejected.examples else "no rows"
        raise MoodpiError(f"no usable track in {names}: {first}", code="no_usable_track")
    return {"same_id": same_id, "same_song": same_song, "tracks": tracks}


def _read(path: Path, staging: StagingDatabase, rejected: RejectedRows) -> dict[str, Any]:
    """Read one file into the staging database; return its provenance."""
    read = used = 0
    with tqdm(
        desc=escape_controls(path.name),
        total=path.stat().st_size if path.is_file() else None,
        unit="B",
        unit_scale=True,
        disable=None,
        leave=False,
    ) as progress:
        for chunk in read_chunks(path, TRACK_COLUMNS):
            cleaned = clean(chunk.rows)
            staging.add(cleaned.tracks)
            rejected.add(path, chunk.malformed | cleaned.rejected)
            read += len(chunk.rows) + len(chunk.malformed)
            used += len(cleaned.tracks)
            rejected.unparsed.update(cleaned.unparsed)
            progress.update(chunk.position - progress.n)
    return {**_identity(path), "rows": read, "used": used}


def _identity(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"name": escape_controls(path.name), "sha256": digest}


def _write(
    staging: StagingDatabase, output: Path, extent: float, provenance: dict[str, Any]
) -> str:
    # With the process id: two simultaneous builds of one file must not share it.
    part = output.with_name(f"{output.name}.{os.getpid()}.part")
    _remove_leftovers(output)
    try:
        written = write_catalog(staging.database, part, extent, provenance)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return str(written["content_sha256"])


def _remove_leftovers(output: Path) -> None:
    """Remove the partial files of killed builds: those whose process no longer exists."""
    for part in output.parent.glob(f"{glob.escape(output.name)}.*.part"):
        number = part.name.removeprefix(f"{output.name}.").removesuffix(".part")
        if number.isdecimal() and not Path("/proc", number).exists():
            part.unlink(missing_ok=True)
