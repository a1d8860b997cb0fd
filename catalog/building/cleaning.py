"""Parsing the text of a table into typed tracks, and rejecting unusable rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from catalog.building.columns import FEATURE_RANGES, FEATURES, LABELS, NAMES
from catalog.building.notation import DURATIONS, USUAL_NOTATION, Notation, parse_numbers, texts
from catalog.building.tables import Rejection
from catalog.names import (
    MISSING,
    clean_name,
    first_artist,
    first_genre,
    first_joint_artist,
    format_credit,
    merging_artist_key,
    title_key,
)
from moodpi.text import MAX_CSV_FIELD_LENGTH, quoted

MIN_DURATION_SECONDS, MAX_DURATION_SECONDS = 30, 3600
MIN_YEAR, MAX_YEAR = 1900, 2100

# The reasons to reject a row that lacks a part of a track, if no other row of its id has that part.
NO_NAMES = "title or artist is missing"
NO_FEATURES = "no audio features"
# The columns that are known together or not at all.
_NAME_COLUMNS = [*NAMES, "artist_key", "first_artist_key", "title_key"]

_ID = re.compile(
    r"^(?:spotify:track:|https?://open\.spotify\.com/(?:[\w-]+/)?track/)?([0-9A-Za-z]{22})(?:\?.*)?$"
)
_YEAR = re.compile(r"(^\d{4}|\d{4}$)")
_CLOCK = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?:\.\d+)?$")
# The optional columns of a track, and the columns of the table that each is read from.
OPTIONAL = {
    "year": ("released",),
    "popularity": ("popularity",),
    "hit": ("hit",),
    "explicit": ("explicit",),
    "duration": DURATIONS,
}
# Texts that mean "unknown" and are not errors; Spotify's popularity 0 is one.
UNKNOWN_TEXTS = MISSING | {"0", "0.0"}
# In English, and as Excel writes them in other languages.
_TRUE = "true 1 1.0 yes wahr vrai verdadero vero verdadeiro waar sant"
_FALSE = "false 0 0.0 no falsch faux falso onwaar falskt"
_BOOLEANS = dict.fromkeys(_TRUE.split(), 1.0) | dict.fromkeys(_FALSE.split(), 0.0)


@dataclass(frozen=True)
class CleanedRows:
    """The usable rows as tracks, and the reasons to reject the others.

    Attributes:
        tracks: Columns of str, None if unknown: id, title, artist, artist_key (main artist),
            first_artist_key (the first artist of a joint credit), title_key, album, genre, mood.
            Columns of float64, NaN if unknown: year, decade, popularity 1..100, hit 0/1,
            explicit 0/1, duration in seconds, every feature, and the listeners' labels if any.
            A row has title and artist, or all features, or both; a row of the same id in any file
            can have the other part.
        rejections: The unusable rows, each with its line and `kind: detail`.
        unparsed: By optional column, the number of usable rows whose text could not be parsed.
    """

    tracks: pd.DataFrame
    rejections: list[Rejection]
    unparsed: dict[str, int]


def clean(rows: pd.DataFrame, notation: Notation = USUAL_NOTATION) -> CleanedRows:
    """Parse every column of `rows`, which are text with the line as the index."""
    tracks = pd.DataFrame(index=rows.index)
    tracks["id"] = [bare_id(text) for text in rows["id"]]
    titles = _names(texts(rows, "title"))
    # A list of artists is as long as a field; each artist in it has a name.
    artists = [clean_name(text, MAX_CSV_FIELD_LENGTH) for text in texts(rows, "artist")]
    tracks["title"] = titles
    tracks["artist"] = [clean_name(format_credit(name)) if name else None for name in artists]
    first = [clean_name(first_artist(name)) if name else None for name in artists]
    tracks["artist_key"] = [merging_artist_key(name) if name else None for name in first]
    tracks["first_artist_key"] = [
        merging_artist_key(first_joint_artist(name)) if name else None for name in first
    ]
    tracks["title_key"] = [title_key(name) if name else None for name in titles]
    tracks.loc[tracks[list(NAMES)].isna().any(axis=1), _NAME_COLUMNS] = None
    for column in ("album", "mood"):
        tracks[column] = _names(rows[column]) if column in rows else None
    tracks["genre"] = _names(texts(rows, "genre").map(first_genre))
    has_features = _has_features(rows)
    for column in FEATURES:
        tracks[column] = notation.numbers(rows, column).where(has_features)
    for column in LABELS:
        if column in rows:
            tracks[column] = notation.numbers(rows, column)
    tracks["year"] = _within(_years(texts(rows, "released")), MIN_YEAR, MAX_YEAR)
    decade = _within(notation.numbers(rows, "decade"), MIN_YEAR, MAX_YEAR)
    tracks["decade"] = (tracks["year"] // 10 * 10).fillna(decade)
    # Spotify's 0 means that the popularity is unknown.
    tracks["popularity"] = _within(notation.numbers(rows, "popularity").round(), 1, 100)
    for column in ("hit", "explicit"):
        tracks[column] = texts(rows, column).str.lower().map(_BOOLEANS).astype("float64")
    tracks["duration"] = _duration_s(rows, notation)
    reasons = _reasons(tracks, rows, has_features, notation)
    unusable = reasons[reasons != ""]
    rejections = list(map(Rejection, unusable.index, unusable.index, unusable))
    return CleanedRows(tracks[reasons == ""], rejections, _unparsed(tracks, rows, reasons == ""))


def _unparsed(tracks: pd.DataFrame, rows: pd.DataFrame, usable: pd.Series[bool]) -> dict[str, int]:
    """The number of texts of each optional column that could not be parsed."""
    counts = {}
    for column, sources in OPTIONAL.items():
        written = pd.Series("", index=rows.index, dtype=object)
        for source in sources:
            written = written.where(written != "", texts(rows, source))
        unknown = tracks[column].isna() & usable & ~written.isin(UNKNOWN_TEXTS)
        if unknown.any():
            counts[column] = int(unknown.sum())
    return counts


def bare_id(text: str) -> str | None:
    """The 22 characters of a track's id in an id, a URI or a link; None for any other text."""
    match = _ID.match(text.strip())
    return match.group(1) if match else None


def _names(column: pd.Series[str]) -> list[str | None]:
    return [clean_name(name) for name in column]


def _has_features(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether each row has any feature. A table that lacks one of the columns has none."""
    has_columns = set(FEATURES) <= set(rows.columns)
    written = pd.DataFrame({name: ~texts(rows, name).isin(MISSING) for name in FEATURES})
    return written.any(axis=1) & has_columns


def _years(dates: pd.Series[str]) -> pd.Series[float]:
    """The year of each date, which begins or ends with it: 2008-12-31, 2008, 31.12.2008."""
    return parse_numbers(dates.str.extract(_YEAR, expand=False), decimal_comma=False)


def _within(numbers: pd.Series[float], low: float, high: float) -> pd.Series[float]:
    return numbers.where(numbers.between(low, high))


def _duration_s(rows: pd.DataFrame, notation: Notation) -> pd.Series[float]:
    seconds = pd.Series(float("nan"), index=rows.index, dtype="float64")
    for column in DURATIONS:
        on_clock = [_clock_s(text) for text in texts(rows, column)]
        seconds = seconds.fillna(notation.numbers(rows, column))
        seconds = seconds.fillna(pd.Series(on_clock, index=rows.index, dtype="float64"))
    return seconds.round()


def _clock_s(text: str) -> float:
    match = _CLOCK.match(text)
    if not match:
        return float("nan")
    hours, minutes, seconds = match.groups(default="0")
    return int(hours) * 3600.0 + int(minutes) * 60.0 + int(seconds)


def _reasons(
    tracks: pd.DataFrame, rows: pd.DataFrame, has_features: pd.Series[bool], notation: Notation
) -> pd.Series[str]:
    """The first reason to reject each row; empty for a usable row."""
    reasons = pd.Series("", index=tracks.index, dtype=object)

    def reject(rejected: pd.Series[bool], reason: Callable[[int], str]) -> None:
        for line in tracks.index[rejected & (reasons == "")]:
            reasons[line] = reason(line)

    reject(texts(rows, "id").isin(MISSING), lambda _: "id is missing")
    reject(tracks["id"].isna(), lambda line: f"id is not a Spotify id: {quoted(rows['id'][line])}")
    reject(tracks["title"].isna() & ~has_features, lambda _: NO_NAMES)
    for name in FEATURES:
        written, expected = texts(rows, name), notation.written_range(name)
        is_missing = has_features & written.isin(MISSING)
        reject(is_missing, lambda _, name=name: f"{name} is missing")  # type: ignore[misc]
        valid = FEATURE_RANGES[name]
        reject(
            has_features & ~tracks[name].between(valid.low, valid.high),
            _feature_reason(name, written, f"expected {expected.low:g} to {expected.high:g}"),
        )
    duration = tracks["duration"]
    reject(
        duration.notna() & ~duration.between(MIN_DURATION_SECONDS, MAX_DURATION_SECONDS),
        lambda line: f"duration outside {MIN_DURATION_SECONDS} s to 1 h: {duration[line]:.7g} s",
    )
    return reasons


def _feature_reason(name: str, written: pd.Series[str], expected: str) -> Callable[[int], str]:
    return lambda line: f"{name} is out of range: {quoted(written[line])}, {expected}"
