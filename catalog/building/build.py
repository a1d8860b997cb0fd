"""Building a catalogue: read, clean and merge tables, score the tracks, write one file."""

from __future__ import annotations

import glob
import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from catalog.building.cleaning import NO_FEATURES, NO_NAMES, clean
from catalog.building.mood_model import MoodModel
from catalog.building.rejected_rows import RejectedRows
from catalog.building.scoring_model import ScoringModel
from catalog.building.staging import StagingDatabase
from catalog.building.tables import Rejection
from catalog.building.track_reader import (
    HOW_TO_GET_FEATURES,
    TrackTable,
    check_chosen,
    require_together,
)
from catalog.building.writer import write_catalog
from moodpi import __version__
from moodpi.errors import MoodpiError
from moodpi.text import escape_controls


@dataclass(frozen=True)
class BuildReport:
    """The result of a build.

    Attributes:
        path: The catalogue.
        found: What was found out about each file: `name: description`.
        read: The number of rows in all files.
        rejected: The rows that were not used.
        same_id: The number of rows merged into another one with the same id.
        same_song: The number of tracks merged into another release of the same song.
        tracks: The number of tracks in the catalogue.
        content_sha256: The checksum of its tracks.
    """

    path: Path
    found: list[str]
    read: int
    rejected: RejectedRows
    same_id: int
    same_song: int
    tracks: int
    content_sha256: str


def build(
    sources: Sequence[Path],
    output: Path,
    labels: Path | None = None,
    chosen: Mapping[str, str] | None = None,
) -> BuildReport:
    """Build the catalogue at `output` from tables, in order of precedence; replace it atomically.

    labels: A table with listeners' labels to fit the scoring model to. Without it, the shipped
        model is used.
    chosen: By known column, the name that it has in the files where that is not known.

    Raises MoodpiError if a file is unusable or `output` cannot be written.
    """
    _check_output(output, [*sources, labels] if labels else sources)
    model = _fit(labels, chosen) if labels else ScoringModel.load()
    moods = MoodModel.load()
    rejected = RejectedRows()
    tables = _open_tables(sources, labels, chosen or {})
    try:
        with (
            tempfile.TemporaryDirectory(prefix="moodpi-catalog-") as folder,
            StagingDatabase(Path(folder) / "staging.sqlite") as staging,
        ):
            inputs = [_read(table, staging, file, rejected) for file, table in enumerate(tables)]
            _reject_unmatched(staging, tables, inputs, rejected)
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
    found = [f"{table.path.name}: {table.describe()}" for table in tables]
    read = sum(entry["rows"] for entry in inputs)
    return BuildReport(output, found, read, rejected, **counts, content_sha256=content)


def _open_tables(
    sources: Sequence[Path], labels: Path | None, chosen: Mapping[str, str]
) -> list[TrackTable]:
    """The sources as tables. Raises MoodpiError if they do not complete each other."""
    tables = [TrackTable(source, chosen) for source in sources]
    check_chosen(chosen, [*tables, TrackTable(labels, chosen)] if labels else tables)
    require_together(tables)
    return tables


def _fit(labels: Path, chosen: Mapping[str, str] | None) -> ScoringModel:
    # heavy import (scikit-learn), only needed for fitting
    from catalog.building.scoring_fit import fit_scoring_model

    return fit_scoring_model(labels, chosen)


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
        raise _no_track(sources, rejected)
    return {"same_id": same_id, "same_song": same_song, "tracks": tracks}


def _no_track(sources: Sequence[Path], rejected: RejectedRows) -> MoodpiError:
    names = ", ".join(source.name for source in sources)
    if not rejected.kinds:
        return MoodpiError(f"no usable track in {names}: no rows", code="no_usable_track")
    kind, rows = rejected.kinds.most_common(1)[0]
    is_without_match = len(sources) > 1 and rejected.kinds[NO_NAMES]
    if kind == NO_FEATURES and not is_without_match:
        return MoodpiError(
            f"no audio features in {names}: {HOW_TO_GET_FEATURES}", code="no_features"
        )
    return MoodpiError(
        f"no usable track in {names}: {rows:,} of {rejected.kinds.total():,} rows have the same "
        f"problem, such as {rejected.examples[kind][0]}",
        code="no_usable_track",
    )


def _read(
    table: TrackTable, staging: StagingDatabase, file: int, rejected: RejectedRows
) -> dict[str, Any]:
    """Read one table into the staging database; return its provenance. file: its index."""
    read = used = 0
    with tqdm(
        desc=escape_controls(table.path.name),
        total=table.path.stat().st_size,
        unit="B",
        unit_scale=True,
        disable=None,
        leave=False,
    ) as progress:
        for chunk in table.chunks():
            cleaned = clean(chunk.rows, chunk.notation)
            staging.add(cleaned.tracks, file)
            rejections = chunk.rejections + cleaned.rejections
            rejected.add(table, rejections)
            read += len(cleaned.tracks) + sum(each.rows for each in rejections)
            used += len(cleaned.tracks)
            rejected.unparsed.update(cleaned.unparsed)
            progress.update(chunk.position - progress.n)
    return {**_identity(table.path), "rows": read, "used": used}


def _reject_unmatched(
    staging: StagingDatabase,
    tables: Sequence[TrackTable],
    inputs: Sequence[dict[str, Any]],
    rejected: RejectedRows,
) -> None:
    """Reject the rows with names alone, or features alone, that no other row completes."""
    for row in staging.remove_unmatched():
        reason = NO_NAMES if row.lacks_names else NO_FEATURES
        if len(tables) > 1:
            reason = f"{reason}: no file has them for the id {row.id}"
        rejected.add(tables[row.file], [Rejection(row.line, row.line, reason)])
        inputs[row.file]["used"] -= 1


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
