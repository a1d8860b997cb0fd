"""The columns of Spotify-features CSVs: aliases of their names, and ranges of their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# If a file has several names of a column, the first one here is used.
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
    """The valid values of a feature, both ends included."""

    low: float
    high: float


# By Spotify's definitions; loudness in dB, tempo in beats per minute (0: no beat detected).
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
_OTHER_CHARACTERS = re.compile(r"\W+")
LABELS = ("listener_valence", "listener_arousal")
TRACK_COLUMNS = ("id", "title", "artist", *FEATURES)


def find_columns(header: Iterable[str]) -> dict[str, int]:
    """The index of each known column in a CSV header.

    Names are compared in lower case with underscores: `Track Duration (ms)` is `track_duration_ms`.
    """
    present: dict[str, int] = {}
    for index, name in enumerate(header):
        present.setdefault(_OTHER_CHARACTERS.sub("_", name.lower()).strip("_"), index)
    indices = {}
    for column, names in ALIASES.items():
        if found := [present[name] for name in names if name in present]:
            indices[column] = found[0]
    return indices


def describe_column(column: str) -> str:
    """A column for error messages: its name and its aliases."""
    others = [name for name in ALIASES[column] if name != column]
    return f"{column} ({', '.join(others)})" if others else column
