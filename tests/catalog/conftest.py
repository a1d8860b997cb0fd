"""Made-up rows in the schema of spotify_songs.csv, which tests can modify."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

FEATURES = {
    "danceability": "0.6",
    "energy": "0.7",
    "loudness": "-6.1",
    "speechiness": "0.05",
    "acousticness": "0.1",
    "instrumentalness": "0",
    "liveness": "0.12",
    "valence": "0.5",
    "tempo": "120.5",
}


@pytest.fixture
def row():
    """Make one usable track, different for every number; a changed column may be a new one."""

    def make(number: int, **changes: str) -> dict[str, str]:
        return {
            "track_id": f"{number:022}",
            "track_name": f"Song {number}",
            "track_artist": f"Band {number}",
            **FEATURES,
            "valence": str((number * 37 % 100) / 100),
            "energy": str((number * 61 % 100) / 100),
            "duration_ms": "200000",
            **changes,
        }

    return make


@pytest.fixture
def write_csv(tmp_path):
    """Write rows that all have the columns of the first, and return the path."""

    def write(rows: list[dict[str, str]], name: str = "songs.csv") -> Path:
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def build_tracks(tmp_path):
    """Build a catalogue from CSVs and return its tracks by id, each a dict of its columns."""
    pytest.importorskip("pandas")
    from catalog.building.build import build

    def built(*paths: Path) -> dict[str, dict[str, object]]:
        output = tmp_path / "built.sqlite"
        build(paths, output)
        database = sqlite3.connect(output)
        database.row_factory = sqlite3.Row
        rows = database.execute(
            "SELECT track.*, artist.name AS artist_name, lead, album.name AS album_name "
            "FROM track JOIN artist USING (artist) LEFT JOIN album USING (album)"
        ).fetchall()
        database.close()
        return {row["id"]: dict(row) for row in rows}

    return built
