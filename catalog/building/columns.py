"""The columns of tables of Spotify features: their names, and the ranges of their values."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from moodpi.errors import UsageError, did_you_mean
from moodpi.text import MAX_NAME_LENGTH, quoted

# The names of each column, in English. If a file has several of them, the first one is used.
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
        "artist_s_name",
        "performer",
    ),
    "album": ("track_album_name", "album_name", "track_album", "album"),
    "genre": ("playlist_genre", "track_genre", "genre", "genres", "artist_genres"),
    "released": (
        "track_album_release_date",
        "release_date",
        "album_release_date",
        "year",
        "released_year",
    ),
    "decade": ("decade",),
    "popularity": ("track_popularity", "popularity"),
    "hit": ("target", "hit"),
    "explicit": ("explicit", "is_explicit", "track_explicit"),
    "duration_ms": ("duration_ms", "track_duration_ms"),
    "length": ("length", "duration", "track_length"),
    "mood": ("mood",),
    "danceability": ("danceability",),
    "energy": ("energy",),
    "loudness": ("loudness", "loudness_db"),
    "speechiness": ("speechiness",),
    "acousticness": ("acousticness",),
    "instrumentalness": ("instrumentalness",),
    "liveness": ("liveness",),
    "valence": ("valence",),
    "tempo": ("tempo", "bpm", "beats_per_minute"),
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
LABELS = ("listener_valence", "listener_arousal")
NAMES = ("title", "artist")
TRACK_COLUMNS = ("id", *NAMES, *FEATURES)

_OTHER_CHARACTERS = re.compile(r"[\W_]+")
# Files of several services prefix the names of what comes from Spotify.
_PREFIX = "spotify_"
# Fewer names than these are no evidence of the language of a header.
MIN_FOREIGN_NAMES = 3
# By language, the names that Exportify gives to columns (https://github.com/watsonbox/exportify).
_LANGUAGES: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("header_languages.json").read_text("utf-8")
)


def find_columns(
    header: Iterable[str], chosen: Mapping[str, str] | None = None
) -> dict[str, tuple[int, ...]]:
    """The indices of each known column in a header, in the order of ALIASES.

    Names are compared in lower case with underscores: `Track Duration (ms)` is `track_duration_ms`.
    Names without the prefix `spotify_` and those of other languages follow the English ones.

    chosen: By known column, the name of the column in the file, where that is not known.
    """
    present: dict[str, int] = {}
    for index, name in enumerate(header):
        present.setdefault(normalize_name(name), index)
    for name in list(present):
        present.setdefault(name.removeprefix(_PREFIX), present[name])
    indices = {}
    for column, names in _NAMES.items():
        found = dict.fromkeys(present[name] for name in names if name in present)
        if chosen and (name := normalize_name(chosen.get(column, ""))) in present:
            found = {present[name]: None}
        if found:
            indices[column] = tuple(found)
    return indices


def find_language(header: Iterable[str]) -> str | None:
    """The language of a header, in English; None if it is English or not known."""
    names = {normalize_name(name) for name in header}
    english = {name for aliases in ALIASES.values() for name in aliases}
    counts = {
        language: len((names - english) & {normalize_name(name) for name in columns.values()})
        for language, columns in _LANGUAGES.items()
    }
    language = max(counts, key=lambda name: counts[name])
    return language if counts[language] >= MIN_FOREIGN_NAMES else None


def parse_choices(texts: Iterable[str]) -> dict[str, str]:
    """The names by known column in texts like `artist=performer`.

    Raises UsageError if one is not like that, or if a column has two names.
    """
    chosen: dict[str, str] = {}
    for column, name in map(_parse_choice, texts):
        if chosen.setdefault(column, name) != name:
            raise UsageError(
                f"column {column} is named twice: {quoted(chosen[column])} and {quoted(name)}",
                code="invalid_column",
            )
    return chosen


def _parse_choice(text: str) -> tuple[str, str]:
    column, separator, name = text.partition("=")
    if not separator or not name.strip():
        raise UsageError(
            f"invalid column {quoted(text)}: expected COLUMN=NAME, such as artist=performer",
            code="invalid_column",
        )
    if column not in ALIASES:
        raise UsageError(
            f"unknown column {quoted(column)}: {did_you_mean(column, ALIASES)}",
            code="unknown_column",
        )
    return column, name


def normalize_name(name: str) -> str:
    """The name of a column as it is compared: in lower case, with single underscores."""
    folded = unicodedata.normalize("NFKC", name[:MAX_NAME_LENGTH]).casefold()
    return _OTHER_CHARACTERS.sub("_", folded).strip("_")


_NAMES = {
    column: (
        *names,
        *(normalize_name(known[column]) for known in _LANGUAGES.values() if column in known),
    )
    for column, names in ALIASES.items()
}
