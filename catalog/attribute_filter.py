"""Filters on the attributes of tracks, as an SQL condition on the catalogue's table `track`."""

from __future__ import annotations

import json
from dataclasses import dataclass

ANY_YEAR = (0, 9999)

_GENRES = """genre IN (SELECT genre FROM genre
    WHERE name COLLATE NOCASE IN (SELECT value FROM json_each(:genres)))"""
# If only the decade is known, all its years must be in the range.
_YEARS = "coalesce(year, decade) >= :first AND coalesce(year, decade + 9) <= :last"


@dataclass(frozen=True)
class AttributeFilter:
    """A filter on genre, year, popularity and explicit content. A track must pass all of them.

    A track whose genre, year or popularity is unknown does not pass a filter on it. A track that no
    source marks as explicit counts as not explicit.

    Attributes:
        genres: The allowed genres, in any case. Empty allows all.
        years: The first and the last allowed year, inclusive.
        min_popularity: The lowest allowed popularity, 0..100.
        explicit: Whether explicit tracks are allowed.
    """

    genres: tuple[str, ...] = ()
    years: tuple[int, int] = ANY_YEAR
    min_popularity: int = 0
    explicit: bool = True

    @property
    def condition(self) -> str:
        """The SQL condition on `track`. Empty if every track passes."""
        parts = [
            (self.genres, _GENRES),
            (self.years != ANY_YEAR, _YEARS),
            (self.min_popularity, "popularity >= :popularity"),
            (not self.explicit, "explicit IS NOT 1"),
        ]
        return " AND ".join(text for is_set, text in parts if is_set)

    @property
    def requires_known(self) -> bool:
        """Whether a track without genre, year and popularity is refused."""
        return bool(self.genres or self.years != ANY_YEAR or self.min_popularity)

    @property
    def parameters(self) -> dict[str, int | str]:
        """The values of the condition's named parameters."""
        first, last = self.years
        return {
            "genres": json.dumps(self.genres),
            "first": first,
            "last": last,
            "popularity": self.min_popularity,
        }
