"""The artists of a track's credit, as keys for comparing them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache

from catalog.names import artist_key

# Of a longer credit, the last part is the rest. The time grows with the square of this number.
MAX_CREDITED_ARTISTS = 50


@lru_cache(maxsize=4096)
def credited_artists(credit: str) -> frozenset[str]:
    """The keys of all artists that a credit can name: of `A, B`, those of A, of B and of both.

    A comma can also be part of a name (Tyler, The Creator). Every beginning of the credit is
    therefore included.
    """
    parts = credit.split(", ", MAX_CREDITED_ARTISTS)
    beginnings = itertools.accumulate(parts, lambda before, part: f"{before}, {part}")
    return frozenset(map(artist_key, itertools.chain(parts, beginnings)))


def main_artist_name(credits_of_artist: Iterable[str]) -> str:
    """The name that all credits of one main artist begin with, or the shortest credit."""
    shortest, *others = sorted(credits_of_artist, key=len)
    shared = shortest.split(", ")
    for credit in others:
        pairs = zip(shared, credit.split(", "), strict=False)
        shared = [
            a for a, _ in itertools.takewhile(lambda p: artist_key(p[0]) == artist_key(p[1]), pairs)
        ]
    return ", ".join(shared) or shortest
