"""Reading a catalogue: a few rows near a point of the plane, whatever the size of the file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from catalog.filters import Filters
from catalog.plane import Plane
from catalog.schema import APPLICATION_ID, MOODS, SCALE, VERSION
from moodpi.errors import MoodpiError

DEFAULT = Path(__file__).with_name("default.sqlite")
HEADER_BYTES = 100
MAGIC = b"SQLite format 3\0"
_REBUILD = "build it again with `moodpi catalog build`"
_BY_PLACE = """
SELECT place, id, title, artist.name, album.name, track.valence, track.arousal, lead, year,
    genre.name, popularity, explicit, duration, coalesce(decade, year / 10 * 10), mood
FROM track JOIN artist USING (artist) LEFT JOIN album USING (album) LEFT JOIN genre USING (genre)
WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place
"""
_PASSING = """
SELECT run.key, place FROM json_each(:runs) AS run CROSS JOIN track
WHERE place BETWEEN json_extract(run.value, '$[0]') AND json_extract(run.value, '$[1]') AND
"""
_RANKING = "SELECT place FROM ranking WHERE emotion = ? AND rank <= ? ORDER BY rank"


@dataclass(frozen=True)
class Track:
    """One track; None where no source knew.

    place: its number in this catalogue. id: Spotify's, 22 characters. valence, arousal: its rank
    over the catalogue, -extent..extent (see Plane). lead: the number of the main artist.
    popularity: 1..100. duration: seconds. decade: 1960 for the sixties. mood: of schema.MOODS.
    """

    place: int
    id: str
    title: str
    artist: str
    album: str | None
    valence: float
    arousal: float
    lead: int
    year: int | None
    genre: str | None
    popularity: int | None
    explicit: bool | None
    duration: int | None
    decade: int | None = None
    mood: str | None = None


class Catalog:
    """A catalogue file, open for reading only; a context manager.

    plane: where its tracks lie, at most -1..1 on both axes.
    """

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        with self._reading():
            grid, edge, starts = database.execute("SELECT grid, edge, starts FROM plane").fetchone()
        counts = np.frombuffer(starts, "<u4").astype(np.int64)
        if len(counts) != int(grid) ** 2 + 1:
            raise self._damaged("its plane has the wrong number of cells")
        self.plane = Plane(int(grid), edge / SCALE, counts, range(1, int(counts[-1]) + 1))

    @classmethod
    def open(cls, path: Path | None = None) -> Catalog:
        """Open the catalogue at `path`, or the one that ships with moodpi.

        Raises MoodpiError where it is missing, no catalogue, damaged or of another version.
        """
        path = DEFAULT if path is None else path
        _check_header(path)
        # Immutable: no locks, no journal; a build swaps files whole and never writes into one.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            database = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise MoodpiError(f"cannot open the catalogue {path}: {error}") from error
        try:
            return cls(path, database)
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.plane)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def tracks(self, places: Iterable[int]) -> list[Track]:
        """The tracks at these places, in the order of their places."""
        with self._reading():
            rows = self._database.execute(_BY_PLACE, (json.dumps([*places]),)).fetchall()
        return [_track(row) for row in rows]

    def passing(self, runs: list[Sequence[int]], filters: Filters) -> list[Sequence[int]]:
        """The runs, of each the places whose tracks pass the filters."""
        if not filters.condition:
            return runs
        ends = json.dumps([(run[0], run[-1]) for run in runs])
        members = [run if isinstance(run, range) else frozenset(run) for run in runs]
        passing: list[list[int]] = [[] for _ in runs]
        with self._reading():
            for run, place in self._database.execute(
                _PASSING + filters.condition, {"runs": ends, **filters.parameters}
            ):
                if place in members[run]:
                    passing[run].append(place)
        return [places for places in passing if places]

    def find(self, identity: str) -> Track | None:
        """The track of that id, if it is here; reads the whole table."""
        with self._reading():
            found = self._database.execute("SELECT place FROM track WHERE id = ?", (identity,))
            places = [place for (place,) in found]
        return next(iter(self.tracks(places)), None)

    def spellings(self) -> Iterator[tuple[int, str, str, str]]:
        """Place, id, title and credit of every track, for whoever looks for songs by name."""
        with self._reading():
            yield from self._database.execute(
                "SELECT place, id, title, name FROM track JOIN artist USING (artist)"
            )

    def credits(self, lead: int | None = None) -> list[str]:
        """Every spelling of one main artist, guests included, or of all."""
        with self._reading():
            rows = self._database.execute(
                "SELECT name FROM artist WHERE :lead IS NULL OR lead = :lead ORDER BY artist",
                {"lead": lead},
            ).fetchall()
        return [name for (name,) in rows]

    def genres(self) -> list[str]:
        """Every genre that a track of this catalogue has."""
        with self._reading():
            rows = self._database.execute("SELECT name FROM genre ORDER BY name").fetchall()
        return [name for (name,) in rows]

    def ranking(self, emotion: str, count: int) -> list[Track]:
        """The tracks most typical of an emotion, one an artist, the most typical first."""
        with self._reading():
            rows = self._database.execute(_RANKING, (emotion, count)).fetchall()
        places = [place for (place,) in rows]
        return sorted(self.tracks(places), key=lambda track: places.index(track.place))

    def provenance(self) -> dict[str, Any]:
        """What the catalogue was made from: inputs, counts, scoring model, content's sha256."""
        with self._reading():
            rows = self._database.execute("SELECT name, value FROM provenance").fetchall()
        return {name: json.loads(value) for name, value in rows}

    def check(self) -> None:
        """Read the whole file. Raises MoodpiError where any of it is damaged."""
        with self._reading():
            verdict = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise self._damaged(str(verdict))

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of one SELECT on the tables of catalog/schema.py, for summaries."""
        with self._reading():
            return self._database.execute(statement).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, TypeError, ValueError, IndexError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> MoodpiError:
        return MoodpiError(f"the catalogue {self.path} is damaged ({why}): {_REBUILD}")


def _track(row: tuple[Any, ...]) -> Track:
    place, identity, title, artist, album, valence, arousal, *others = row
    lead, year, genre, popularity, explicit, duration, decade, mood = others
    return Track(
        place=place,
        id=identity,
        title=title,
        artist=artist,
        album=album,
        valence=valence / SCALE,
        arousal=arousal / SCALE,
        lead=lead,
        year=year,
        genre=genre,
        popularity=popularity,
        explicit=None if explicit is None else bool(explicit),
        duration=duration,
        decade=decade,
        mood=MOODS[mood],
    )


def _check_header(path: Path) -> None:
    """Refuse what is no whole catalogue of this version (SQLite file format, section 1.3)."""
    try:
        with path.open("rb") as stream:
            header = stream.read(HEADER_BYTES)
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise MoodpiError(f"no catalogue at {path}: {_REBUILD}") from error
    except OSError as error:
        raise MoodpiError(f"cannot read the catalogue {path}: {error.strerror}") from error
    application = int.from_bytes(header[68:72], "big")
    if not header.startswith(MAGIC) or application != APPLICATION_ID:
        raise MoodpiError(f"{path} is not a moodpi catalogue: {_REBUILD}")
    version = int.from_bytes(header[60:64], "big")
    if version != VERSION:
        raise MoodpiError(
            f"the catalogue {path} is of version {version}, this moodpi reads {VERSION}: {_REBUILD}"
        )
    page = int.from_bytes(header[16:18], "big")
    expected = int.from_bytes(header[28:32], "big") * (65_536 if page == 1 else page)
    if size != expected:
        raise MoodpiError(
            f"the catalogue {path} is damaged ({size} bytes of {expected}): {_REBUILD}"
        )
