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

# An SQL expression: 1 if the columns of a track, its artist, album and genre have valid values.
# Unlike other databases, SQLite stores any type of value in any column.
VALID_TRACK = f"""(
    typeof(track.id) = 'text' AND length(track.id) = 22 AND track.id NOT GLOB '*[^0-9A-Za-z]*'
    AND typeof(title) = 'text' AND typeof(artist.name) = 'text'
    AND typeof(album.name) IN ('text', 'null') AND typeof(genre.name) IN ('text', 'null')
    AND typeof(track.valence) = 'integer' AND track.valence BETWEEN -{SCALE} AND {SCALE}
    AND typeof(track.arousal) = 'integer' AND track.arousal BETWEEN -{SCALE} AND {SCALE}
    AND typeof(mood) = 'integer' AND mood BETWEEN 0 AND {len(MOODS) - 1}
    AND typeof(lead) = 'integer'
    AND (year IS NULL OR typeof(year) = 'integer' AND year BETWEEN 0 AND 9999)
    AND (decade IS NULL OR typeof(decade) = 'integer' AND decade BETWEEN 0 AND 9999)
    AND (popularity IS NULL OR typeof(popularity) = 'integer' AND popularity BETWEEN 0 AND 100)
    AND (explicit IS NULL OR typeof(explicit) = 'integer' AND explicit IN (0, 1))
    AND (duration IS NULL OR typeof(duration) = 'integer' AND duration >= 0)
)"""
