"""Prefers popular tracks near a waypoint, as long as the listener's taste is unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random

# Spotify's popularity at and below which a track counts as unpopular, and from which as popular.
UNPOPULAR, POPULAR = 30, 60
# Tracks of unknown popularity count as if they had this one: neither popular nor unpopular.
ASSUMED_POPULARITY = 40
# At full strength, a popular track is e to this power times as likely as an unpopular one.
MAX_LOG_ODDS = 12.0
# The strength is halved by this many ratings.
RATINGS_TO_HALVE = 10
# The strength is lower in catalogues and libraries of fewer tracks. They have few popular tracks
# near any waypoint, and every list would repeat them.
MIN_TRACKS_FOR_FULL_STRENGTH = 25_000


def preference_strength(setting: float, tracks: int, ratings: int) -> float:
    """How strongly popular tracks are preferred, 0..1.

    Args:
        setting: The setting `recommend.popularity`, 0..1.
        tracks: The number of tracks that can be recommended.
        ratings: The number of the listener's likes, skips and bans.
    """
    known = ratings / RATINGS_TO_HALVE
    return setting * min(tracks / MIN_TRACKS_FOR_FULL_STRENGTH, 1) / (1 + known)


def familiarity(popularity: int | None) -> float:
    """How well known a track is, 0..1, by its popularity 1..100 or None."""
    known = ASSUMED_POPULARITY if popularity is None else popularity
    return min(max((known - UNPOPULAR) / (POPULAR - UNPOPULAR), 0.0), 1.0)


def weighted_order(
    rowids: Sequence[int], popularities: Mapping[int, int], strength: float, rng: Random
) -> list[int]:
    """The rowids in random order, in which popular tracks tend to come first.

    The first n of them are a weighted sample without replacement (Efraimidis and Spirakis,
    "Weighted random sampling with a reservoir", 2006).

    Args:
        rowids: Rowids of the catalogue.
        popularities: The known popularities by rowid, 1..100.
        strength: 0..1. 0 makes all orders equally likely.
        rng: Python's own generator, whose sequence for a seed is the same in every version.
    """
    odds = {
        popularity: math.exp(-strength * MAX_LOG_ODDS * familiarity(popularity))
        for popularity in {None, *popularities.values()}
    }
    keys = {rowid: -math.log(1 - rng.random()) * odds[popularities.get(rowid)] for rowid in rowids}
    return sorted(keys, key=keys.__getitem__)
