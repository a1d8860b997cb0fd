"""The tables of a listener's file."""

from __future__ import annotations

APPLICATION_ID = 0x6D6F6F6C  # "mool"
VERSION = 1

TABLES = """
CREATE TABLE played (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    list INTEGER NOT NULL,     -- the entry of the first track of the list it was given in
    id TEXT NOT NULL,          -- Spotify's, 22 characters
    time REAL NOT NULL,        -- seconds since 1970 (UTC)
    emotion TEXT NOT NULL      -- the listener's, when it was given
);
CREATE INDEX played_by_id ON played (id, entry);
CREATE TABLE feedback (        -- the latest word on each track and artist
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,     -- 'track' or 'artist'
    key TEXT NOT NULL,         -- the track's id, or the artist's name folded
    label TEXT NOT NULL,       -- for people
    verdict TEXT NOT NULL,     -- 'like', 'skip' or 'ban'
    time REAL NOT NULL,        -- seconds since 1970 (UTC)
    artist TEXT NOT NULL,      -- the main artist's folded name
    genre TEXT,                -- NULL as in the columns below: unknown, or an artist's
    decade INTEGER,
    popularity INTEGER,        -- 1..100
    valence REAL,              -- -1..1
    arousal REAL,
    UNIQUE (subject, key)
);
"""
