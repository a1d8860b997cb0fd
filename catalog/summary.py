"""The figures of a catalogue that `moodpi catalog info` prints."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog.schema import MOODS, VERSION
from catalog.store import DEFAULT_CATALOG, Catalog
from models.emotions import EMOTIONS

_QUADRANTS = """
SELECT total(valence >= 0 AND arousal >= 0), total(valence < 0 AND arousal >= 0),
    total(valence < 0 AND arousal < 0), total(valence >= 0 AND arousal < 0)
FROM track
"""
_KNOWN = """
SELECT count(year), total(year IS NULL AND decade IS NOT NULL),
    total(coalesce(year, decade) IS NULL), count(popularity), total(popularity > 50)
FROM track
"""
KNOWN = ("year", "decade alone", "neither", "popularity", "popularity > 50")
QUADRANTS = ("bright and lively", "dark and lively", "dark and calm", "bright and calm")


@dataclass(frozen=True)
class CatalogSummary:
    """The figures of a catalogue.

    Attributes:
        size: The file's size in bytes.
        quadrants: The number of tracks in each quadrant of the valence-arousal plane.
        moods: The number of tracks of each mood.
        known: The number of tracks of which each of KNOWN is known.
        examples: For each emotion its most typical track, as `artist - title`.
        provenance: Inputs, counts and models the catalogue was built from.
    """

    path: str
    size: int
    version: int
    tracks: int
    artists: int
    years: str
    quadrants: dict[str, int]
    moods: dict[str, int]
    known: dict[str, int]
    examples: dict[str, str]
    provenance: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The fields of `moodpi catalog info --json`."""
        return asdict(self)


def summarize(path: Path | None = None) -> CatalogSummary:
    """Read a whole catalogue, by default the one that ships with moodpi, and summarize it.

    Raises MoodpiError if it is missing, damaged or of another version.
    """
    path = DEFAULT_CATALOG if path is None else path
    with Catalog.open(path) as catalog:
        catalog.check()
        examples = {emotion: catalog.ranking(emotion, 1) for emotion in EMOTIONS}
        return CatalogSummary(
            path=str(path),
            size=path.stat().st_size,
            version=VERSION,
            tracks=len(catalog),
            artists=catalog.query("SELECT count(DISTINCT lead) FROM artist")[0][0],
            years=_years(catalog),
            quadrants=dict(zip(QUADRANTS, map(int, catalog.query(_QUADRANTS)[0]), strict=True)),
            moods=_moods(catalog),
            known=dict(zip(KNOWN, map(int, catalog.query(_KNOWN)[0]), strict=True)),
            examples={
                emotion: f"{tracks[0].artist} - {tracks[0].title}"
                for emotion, tracks in examples.items()
                if tracks
            },
            provenance=catalog.provenance(),
        )


def _moods(catalog: Catalog) -> dict[str, int]:
    counts = dict(catalog.query("SELECT mood, count(*) FROM track GROUP BY mood"))
    return {name: counts.get(index, 0) for index, name in enumerate(MOODS)}


def _years(catalog: Catalog) -> str:
    first, last = catalog.query(
        "SELECT min(coalesce(year, decade)), max(coalesce(year, decade)) FROM track"
    )[0]
    return "of unknown years" if first is None else f"of {first} to {last}"
