"""The tables of the profile's database. Version 1 is that of moodpi 0.1.0."""

from __future__ import annotations

APPLICATION_ID = 0x6D6F6F6C  # "mool"
VERSION = 1

TABLES = """
CREATE TABLE played (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    list INTEGER NOT NULL,     -- the entry of the first track of the same list
    id TEXT NOT NULL,          -- Spotify's id, 22 characters
    time REAL NOT NULL,        -- seconds since 1970 (UTC)
    emotion TEXT NOT NULL      -- the listener's emotion at that time
);
CREATE INDEX played_by_id ON played (id, entry);
CREATE TABLE feedback (        -- the latest feedback on each track and artist
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,     -- 'track' or 'artist'
    key TEXT NOT NULL,         -- the track's id, or the artist's key
    label TEXT NOT NULL,       -- the name to display
    verdict TEXT NOT NULL,     -- 'like', 'skip' or 'ban'
    time REAL NOT NULL,        -- seconds since 1970 (UTC)
    artist TEXT NOT NULL,      -- the main artist's key
    genre TEXT,                -- NULL here and below: unknown, or feedback on an artist
    decade INTEGER,
    popularity INTEGER,        -- 1..100
    valence REAL,              -- -1..1
    arousal REAL,
    UNIQUE (subject, key)
);
"""
