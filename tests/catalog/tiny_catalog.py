"""A valid catalogue of a few made-up tracks, which tests can damage."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from catalog.schema import APPLICATION_ID, TABLES, VERSION
from models.emotions import EMOTIONS

TRACK_COUNT = 40
GRID = 2


def track_id(place: int) -> str:
    return f"{place:022}"


def write_tiny_catalog(path: Path) -> Path:
    """Write the catalogue: TRACK_COUNT tracks of as many artists, the same number in each cell."""
    places = range(1, TRACK_COUNT + 1)
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
        database.executemany(
            "INSERT INTO artist VALUES (?, ?, ?)", [(n, f"Band {n}", n) for n in places]
        )
        database.executemany("INSERT INTO album VALUES (?, ?)", [(n, f"Album {n}") for n in places])
        database.execute("INSERT INTO genre VALUES (1, 'rock')")
        database.executemany(
            "INSERT INTO track VALUES (?, ?, ?, ?, ?, 1, 1999, 1990, 50, 0, 200, ?, ?, ?)",
            [
                (n, track_id(n), f"Song {n}", n, n, n * 400 - 8000, 8000 - n * 400, n % 4)
                for n in places
            ],
        )
        starts = np.linspace(0, TRACK_COUNT, GRID * GRID + 1).astype("<u4")
        database.execute("INSERT INTO plane VALUES (?, 10000, ?)", (GRID, starts.tobytes()))
        database.executemany(
            "INSERT INTO ranking VALUES (?, ?, ?)",
            [(emotion, rank, rank) for emotion in EMOTIONS for rank in range(1, 11)],
        )
        provenance = {"content_sha256": "0" * 64, "built_by": "a test"}
        database.executemany(
            "INSERT INTO provenance VALUES (?, ?)",
            [(name, json.dumps(value)) for name, value in provenance.items()],
        )
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {VERSION}")
    return path
