"""What each column of a Spotify-features CSV is called in the wild: the one table of aliases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Where a file has several of a column's names, the first one listed here is read.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "track_id", "uri", "track_uri", "spotify_id", "spotify_uri", "track_url", "url"),
    "title": ("track_name", "track", "name", "title", "song", "song_name"),
    "artist": (
        "track_artist",
        "artists",
        "artist",
        "artist_name",
        "artist_names",
        "artists_name",
        "artist_name_s",
    ),
    "album": ("track_album_name", "album_name", "album"),
    "genre": ("playlist_genre", "track_genre", "genre", "genres"),
    "released": ("track_album_release_date", "release_date", "album_release_date", "year"),
    "decade": ("decade",),
    "popularity": ("track_popularity", "popularity"),
    "hit": ("target", "hit"),
    "explicit": ("explicit", "is_explicit"),
    "duration_ms": ("duration_ms", "track_duration_ms"),
    "length": ("length", "duration", "track_length"),
    "mood": ("mood",),
    "danceability": ("danceability",),
    "energy": ("energy",),
    "loudness": ("loudness",),
    "speechiness": ("speechiness",),
    "acousticness": ("acousticness",),
    "instrumentalness": ("instrumentalness",),
    "liveness": ("liveness",),
    "valence": ("valence",),
    "tempo": ("tempo", "bpm"),
    "listener_valence": ("deezer_valence", "listener_valence"),
    "listener_arousal": ("deezer_arousal", "listener_arousal"),
}


@dataclass(frozen=True)
class Range:
    """The values a feature can have, both ends included; outside them the analysis failed."""

    low: float
    high: float


# Spotify's own definitions; loudness in dB, tempo in beats a minute (0 where no beat was found).
FEATURE_RANGES: Mapping[str, Range] = {
    "danceability": Range(0, 1),
    "energy": Range(0, 1),
    "loudness": Range(-60, 10),
    "speechiness": Range(0, 1),
    "acousticness": Range(0, 1),
    "instrumentalness": Range(0, 1),
    "liveness": Range(0, 1),
    "valence": Range(0, 1),
    "tempo": Range(20, 300),
}
FEATURES = tuple(FEATURE_RANGES)
LABELS = ("listener_valence", "listener_arousal")
TRACK_COLUMNS = ("id", "title", "artist", *FEATURES)


def locate(header: Iterable[str]) -> dict[str, int]:
    """Which field of a row holds each column moodpi knows, by the file's own header.

    `Track Duration (ms)` is read as `track_duration_ms`, whatever the words are joined by.
    """
    spelled = [re.sub(r"\W+", "_", name.lower()).strip("_") for name in header]
    found = {}
    for column, names in ALIASES.items():
        present = [name for name in names if name in spelled]
        if present:
            found[column] = spelled.index(present[0])
    return found


def describe(column: str) -> str:
    """A missing column as a person would look for it: its name and the others it goes by."""
    others = [name for name in ALIASES[column] if name != column]
    return f"{column} ({', '.join(others)})" if others else column
