"""Which tracks may come at all, as a condition on the catalogue's table `track`."""

from __future__ import annotations

import json
from dataclasses import dataclass

ANY_YEAR = (0, 9999)

_GENRES = """genre IN (SELECT genre FROM genre
    WHERE name COLLATE NOCASE IN (SELECT value FROM json_each(:genres)))"""
# Where the decade alone is known, all of it must fit.
_YEARS = "coalesce(year, decade) >= :first AND coalesce(year, decade + 9) <= :last"


@dataclass(frozen=True)
class Filters:
    """A track passes if every filter that is set lets it.

    genres: one of these, in any case; empty for all. years: the first and the last, inclusive.
    popularity: at least this, 0..100. explicit: False keeps out what a source calls explicit. A
    track whose genre, year or popularity no source knew passes no filter on it; one that no source
    calls explicit is taken not to be.
    """

    genres: tuple[str, ...] = ()
    years: tuple[int, int] = ANY_YEAR
    popularity: int = 0
    explicit: bool = True

    @property
    def condition(self) -> str:
        """The SQL condition on `track`; empty if every track passes."""
        parts = [
            (self.genres, _GENRES),
            (self.years != ANY_YEAR, _YEARS),
            (self.popularity, "popularity >= :popularity"),
            (not self.explicit, "explicit IS NOT 1"),
        ]
        return " AND ".join(text for is_set, text in parts if is_set)

    @property
    def parameters(self) -> dict[str, int | str]:
        """What the condition's named parameters stand for."""
        first, last = self.years
        return {
            "genres": json.dumps(self.genres),
            "first": first,
            "last": last,
            "popularity": self.popularity,
        }
