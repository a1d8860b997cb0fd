"""A track of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalog.schema import MOODS, SCALE


@dataclass(frozen=True)
class Track:
    """One track. None stands for an unknown value.

    Attributes:
        rowid: The number of its row in this catalogue, from 1 (the column `place`).
        id: Spotify's id, 22 characters.
        artist: The credit as written, with all artists.
        valence, arousal: Its ranks over the catalogue, -extent..extent (see Plane).
        artist_id: The number of the main artist in this catalogue (the column `lead`).
        popularity: Spotify's popularity, 1..100.
        duration: In seconds.
        decade: The first year of the decade, 1960 for the sixties.
        mood: One of schema.MOODS.
        spread: The standard deviations of the errors of valence and arousal, if they were
            estimated from the song's sound: it is a song of the player, with an id of our own.
    """

    rowid: int
    id: str
    title: str
    artist: str
    album: str | None
    valence: float
    arousal: float
    artist_id: int
    year: int | None
    genre: str | None
    popularity: int | None
    explicit: bool | None
    duration: int | None
    decade: int | None = None
    mood: str | None = None
    spread: tuple[float, float] | None = None


def track_of_row(row: tuple[Any, ...]) -> Track:
    """The track of a row of store.py's query. Raises ValueError if a column is invalid."""
    valid, rowid, track_id, title, artist, album, valence, arousal, *others = row
    if valid != 1:
        raise ValueError(f"its track {rowid} has an invalid column")
    artist_id, year, genre, popularity, explicit, duration, decade, mood = others
    return Track(
        rowid=rowid,
        id=track_id,
        title=title,
        artist=artist,
        album=album,
        valence=valence / SCALE,
        arousal=arousal / SCALE,
        artist_id=artist_id,
        year=year,
        genre=genre,
        popularity=popularity,
        explicit=None if explicit is None else bool(explicit),
        duration=duration,
        decade=decade,
        mood=MOODS[mood],
    )
