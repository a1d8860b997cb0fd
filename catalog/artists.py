"""Names of artists, as they are compared: folded, and one by one where several share a credit."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache

from catalog.names import artist_key


@lru_cache(maxsize=4096)
def credited(artists: str) -> frozenset[str]:
    """The folded names that a credit may hold: of `A, B`, those of A, of B and of both.

    A comma can also be part of a name (Tyler, The Creator), so each beginning of the credit counts.
    """
    parts = artists.split(", ")
    beginnings = itertools.accumulate(parts, lambda before, part: f"{before}, {part}")
    return frozenset(map(artist_key, itertools.chain(parts, beginnings)))


def main_artist(spellings: Iterable[str]) -> str:
    """The name that all credits of one main artist begin with, or the shortest credit."""
    shortest, *others = sorted(spellings, key=len)
    shared = shortest.split(", ")
    for credit in others:
        pairs = zip(shared, credit.split(", "), strict=False)
        shared = [
            a for a, _ in itertools.takewhile(lambda p: artist_key(p[0]) == artist_key(p[1]), pairs)
        ]
    return ", ".join(shared) or shortest
