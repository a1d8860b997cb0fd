"""The tables of the profile's database. Version 1 is that of moodpi 0.1.0."""

from __future__ import annotations

from moodpi.text import MAX_NAME_LENGTH

APPLICATION_ID = 0x6D6F6F6C  # "mool"
VERSION = 1

# The last list of tracks, heard or not. Version 0.1.0 has no such table, and ignores it.
LISTED_TABLE = """CREATE TABLE IF NOT EXISTS listed (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL           -- Spotify's id, 22 characters
)"""
# The tracks that were both starred on a music server and liked here. Version 0.1.0 ignores it.
STARRED_TABLE = """CREATE TABLE IF NOT EXISTS starred_songs (
    id TEXT PRIMARY KEY,       -- Spotify's id, 22 characters
    account TEXT NOT NULL,     -- the server and the user
    uri TEXT NOT NULL          -- the song's on that server
)"""
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

# SQL conditions of valid rows. Unlike other databases, SQLite stores any type of value in any
# column. Numbers of entries grow by one and stay far below 2**53.
VALID_PLAYED = """(
    typeof(entry) = 'integer' AND entry BETWEEN 1 AND 9007199254740992
    AND typeof(list) = 'integer' AND typeof(id) = 'text' AND length(id) <= 22
    AND typeof(time) = 'real' AND typeof(emotion) = 'text'
)"""
VALID_LISTED = "(typeof(id) = 'text' AND length(id) <= 22)"
VALID_STARRED = f"""(
    typeof(id) = 'text' AND length(id) <= 22
    AND typeof(account) = 'text' AND length(account) <= {2 * MAX_NAME_LENGTH}
    AND typeof(uri) = 'text'
)"""
VALID_FEEDBACK = f"""(
    typeof(entry) = 'integer' AND entry BETWEEN 1 AND 9007199254740992
    AND subject IN ('track', 'artist') AND verdict IN ('like', 'skip', 'ban')
    AND typeof(time) = 'real'
    AND typeof(key) = 'text' AND length(key) <= {2 * MAX_NAME_LENGTH}
    AND typeof(label) = 'text' AND length(label) <= {3 * MAX_NAME_LENGTH}
    AND typeof(artist) = 'text' AND length(artist) <= {2 * MAX_NAME_LENGTH}
    AND (genre IS NULL OR typeof(genre) = 'text' AND length(genre) <= {MAX_NAME_LENGTH})
    AND (decade IS NULL OR typeof(decade) = 'integer' AND decade BETWEEN 0 AND 9999)
    AND (popularity IS NULL OR typeof(popularity) = 'integer' AND popularity BETWEEN 0 AND 100)
    AND (valence IS NULL OR typeof(valence) IN ('real', 'integer') AND valence BETWEEN -1 AND 1)
    AND (arousal IS NULL OR typeof(arousal) IN ('real', 'integer') AND arousal BETWEEN -1 AND 1)
)"""
