-- A listener.sqlite of moodpi 0.1.0: its schema, one list and three kinds of feedback.
PRAGMA application_id = 1836019564;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
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
INSERT INTO played (list, id, time, emotion) VALUES
    (1, '0000000000000000000001', 1732700000.0, 'sad'),
    (1, '0000000000000000000002', 1732700000.0, 'sad');
INSERT INTO feedback (subject, key, label, verdict, time, artist, genre, valence) VALUES
    ('track', '0000000000000000000001', 'Song 1 - Band', 'like', 1732700001.0, 'band', 'rock', 0.5),
    ('track', '0000000000000000000002', 'Song 2 - Band', 'skip', 1732700002.0, 'band', NULL, NULL),
    ('artist', 'other', 'The Other', 'ban', 1732700003.0, 'other', NULL, NULL);
