"""Writing the catalogue file from the staging database: ranks, grid, rankings, provenance."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from catalog.schema import APPLICATION_ID, GRID, SCALE, TABLES, VERSION
from models.emotions import CIRCUMPLEX

RANKING_LENGTH = 100
# The number of nearest tracks that an emotion's ranking is chosen from.
RANKING_CANDIDATES = 1000
# The distance on the plane that 100 points of familiarity make up for in a ranking.
FAMILIARITY_WEIGHT = 0.15

_NAMES = """
CREATE TEMP TABLE credit AS
SELECT row_number() OVER (ORDER BY artist_key, artist) AS number, artist AS name, artist_key,
    dense_rank() OVER (ORDER BY artist_key) AS lead
FROM (SELECT DISTINCT artist_key, artist FROM song);
CREATE UNIQUE INDEX temp.credit_key ON credit (artist_key, name);
INSERT INTO out.artist SELECT number, name, lead FROM credit ORDER BY number;

CREATE TEMP TABLE record AS
SELECT row_number() OVER (ORDER BY album) AS number, album AS name
FROM (SELECT DISTINCT album FROM song WHERE album IS NOT NULL);
CREATE UNIQUE INDEX temp.record_key ON record (name);
INSERT INTO out.album SELECT number, name FROM record ORDER BY number;

INSERT INTO out.genre SELECT row_number() OVER (ORDER BY genre), genre
FROM (SELECT DISTINCT genre FROM song WHERE genre IS NOT NULL);
"""
# Tracks of unknown popularity: a hit counts as better known than most, any other as less known.
_RANKED = """
CREATE TEMP TABLE ranked AS
SELECT seq, id, coalesce(popularity, iif(hit, 55, 25)) AS familiarity,
    CAST(round((2.0 * row_number() OVER (ORDER BY score.valence, id) - 1) * :edge / :tracks)
        AS INTEGER) - :edge AS valence,
    CAST(round((2.0 * row_number() OVER (ORDER BY score.arousal, id) - 1) * :edge / :tracks)
        AS INTEGER) - :edge AS arousal,
    mood
FROM song JOIN score USING (seq)
"""
_PLACED = """
CREATE TEMP TABLE placed AS
SELECT *, row_number() OVER (ORDER BY cell, familiarity DESC, id) AS place FROM (
    SELECT *, min(:grid - 1, (arousal + :edge) * :grid / (2 * :edge)) * :grid
        + min(:grid - 1, (valence + :edge) * :grid / (2 * :edge)) AS cell
    FROM ranked
)
"""
_TRACKS = """
INSERT INTO out.track
SELECT place, song.id, title, credit.number, record.number, genre.genre, year, decade,
    popularity, explicit, duration, placed.valence, placed.arousal, placed.mood
FROM placed JOIN song USING (seq)
JOIN credit ON credit.artist_key = song.artist_key AND credit.name = song.artist
LEFT JOIN record ON record.name = song.album
LEFT JOIN out.genre AS genre ON genre.name = song.genre
ORDER BY place
"""
_NEAREST = """
SELECT place, artist_key, familiarity, (placed.valence - :valence) * (placed.valence - :valence)
    + (placed.arousal - :arousal) * (placed.arousal - :arousal) AS distance
FROM placed JOIN song USING (seq) ORDER BY distance, place LIMIT :candidates
"""


def write_catalog(
    database: sqlite3.Connection, path: Path, extent: float, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the tables `song` and `score` of a staging database as a new catalogue at `path`.

    database: A connection that accepts URIs, the only names of files that need not be UTF-8.
    extent: The plane is -extent..extent on both axes, at most 1.
    provenance: JSON values by name.

    Returns the provenance with `content_sha256`, which depends on the tracks alone.
    """
    database.execute("ATTACH ? AS out", (path.absolute().as_uri(),))
    database.executescript(
        "PRAGMA out.journal_mode = OFF; PRAGMA out.synchronous = OFF;"
        f"PRAGMA out.application_id = {APPLICATION_ID}; PRAGMA out.user_version = {VERSION};"
        + TABLES.replace("CREATE TABLE ", "CREATE TABLE out.")
        + _NAMES
    )
    tracks = database.execute("SELECT count(*) FROM song").fetchone()[0]
    edge = round(extent * SCALE)
    database.execute(_RANKED, {"edge": edge, "tracks": tracks})
    database.execute(_PLACED, {"edge": edge, "grid": GRID})
    database.execute(_TRACKS)
    _write_plane(database, edge)
    for emotion, point in CIRCUMPLEX.items():
        _write_ranking(database, emotion, point)
    written = {**provenance, "content_sha256": _content_sha256(database)}
    database.executemany(
        "INSERT INTO out.provenance VALUES (?, ?)",
        [(name, json.dumps(value, ensure_ascii=False)) for name, value in sorted(written.items())],
    )
    database.commit()
    database.execute("DETACH out")
    return written


def _write_plane(database: sqlite3.Connection, edge: int) -> None:
    counts = np.zeros(GRID * GRID, np.int64)
    for cell, tracks in database.execute("SELECT cell, count(*) FROM placed GROUP BY cell"):
        counts[cell] = tracks
    starts = np.concatenate([[0], np.cumsum(counts)]).astype("<u4")
    database.execute("INSERT INTO out.plane VALUES (?, ?, ?)", (GRID, edge, starts.tobytes()))


def _write_ranking(database: sqlite3.Connection, emotion: str, point: tuple[float, float]) -> None:
    valence, arousal = (round(coordinate * SCALE) for coordinate in point)
    nearest = database.execute(
        _NEAREST, {"valence": valence, "arousal": arousal, "candidates": RANKING_CANDIDATES}
    ).fetchall()
    nearest.sort(key=lambda row: math.sqrt(row[3]) / SCALE - FAMILIARITY_WEIGHT * row[2] / 100)
    # The first track of each artist.
    rowids: dict[str, int] = {}
    for rowid, artist_key, *_ in nearest:
        rowids.setdefault(artist_key, rowid)
    ranked = list(rowids.values())[:RANKING_LENGTH]
    database.executemany(
        "INSERT INTO out.ranking VALUES (?, ?, ?)",
        [(emotion, rank, rowid) for rank, rowid in enumerate(ranked, start=1)],
    )


def _content_sha256(database: sqlite3.Connection) -> str:
    digest = hashlib.sha256()
    for row in database.execute(
        "SELECT track.*, artist.name, artist.lead, album.name, genre.name FROM out.track AS track "
        "JOIN out.artist AS artist USING (artist) LEFT JOIN out.album AS album USING (album) "
        "LEFT JOIN out.genre AS genre USING (genre) ORDER BY place"
    ):
        digest.update(repr(row).encode())
    return digest.hexdigest()
