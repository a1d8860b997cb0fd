"""The catalogue file: its version, its tables and the grid of the valence-arousal plane.

Tracks are numbered cell by cell, and within a cell from the most popular to the least. The number
is the rowid of a track's row (the column `place`; `Track.rowid` in Python). The tracks near a point
are therefore a few ranges of rowids, however large the catalogue is.
"""

from __future__ import annotations

APPLICATION_ID = 0x6D6F6F64  # "mood"
VERSION = 2

MOODS = ("calm", "energetic", "happy", "sad")
# Valence and arousal are stored as integers, -SCALE..SCALE for -1..1.
SCALE = 10_000
# Cells along each axis. Cell = row x GRID + column; the row is the arousal, the column the valence.
GRID = 40

TABLES = """
CREATE TABLE provenance (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE artist (artist INTEGER PRIMARY KEY, name TEXT NOT NULL, lead INTEGER NOT NULL);
CREATE TABLE album (album INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE genre (genre INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE track (
    place INTEGER PRIMARY KEY,   -- 1.., see above
    id TEXT NOT NULL,            -- 22 characters, Spotify's
    title TEXT NOT NULL,
    artist INTEGER NOT NULL,     -- artist.artist
    album INTEGER,               -- album.album; NULL where unknown, as in all columns below
    genre INTEGER,               -- genre.genre
    year INTEGER,
    decade INTEGER,              -- 1960 for the sixties
    popularity INTEGER,          -- Spotify's 1..100
    explicit INTEGER,            -- 0, 1
    duration INTEGER,            -- seconds
    valence INTEGER NOT NULL,    -- rank over the catalogue, -edge..edge, 10000 for 1
    arousal INTEGER NOT NULL,
    mood INTEGER NOT NULL        -- 0 calm, 1 energetic, 2 happy, 3 sad
);
CREATE TABLE plane (             -- one row
    grid INTEGER NOT NULL,       -- cells along each axis
    edge INTEGER NOT NULL,       -- tracks lie in -edge..edge on both
    starts BLOB NOT NULL         -- little-endian uint32 [grid * grid + 1]: tracks before each cell
);
CREATE TABLE ranking (           -- the tracks most typical of each emotion, one an artist
    emotion TEXT NOT NULL,
    rank INTEGER NOT NULL,       -- 1 is the most typical
    place INTEGER NOT NULL,      -- track.place
    PRIMARY KEY (emotion, rank)
) WITHOUT ROWID;
"""
