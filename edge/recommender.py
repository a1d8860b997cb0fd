"""From a feeling to tracks: near where the strategy leads, each artist once, varied by a seed."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from random import Random
from typing import Any

from catalog.store import Catalog, Track
from edge.feeling import Feeling
from edge.strategies import Waypoint, find_strategy
from moodpi.errors import UsageError

__all__ = ["Choice", "Feeling", "Recommendation", "Recommender", "track_json"]

# A list of n tracks is drawn from the nearest POOL x n, of which DRAWN x n are looked at.
POOL = 100
DRAWN = 4
# How many times as many, if artists or what must be avoided leave too few.
WIDENING = 4
# 1 draws all tracks of a cell alike; above it the best known come more often.
FAMILIARITY_BIAS = 1.5

# The words for a coordinate of the plane, by the upper end of their range.
VALENCE_WORDS = ((-0.6, "dark"), (-0.2, "moody"), (0.2, "even"), (0.6, "warm"), (9.0, "bright"))
AROUSAL_WORDS = (
    (-0.6, "very calm"),
    (-0.2, "gentle"),
    (0.2, "steady"),
    (0.6, "lively"),
    (9.0, "intense"),
)


@dataclass(frozen=True)
class Choice:
    """A track and, for the listener, why it was chosen."""

    track: Track
    why: str

    @property
    def url(self) -> str:
        """Where the track can be opened."""
        return f"https://open.spotify.com/track/{self.track.id}"


@dataclass(frozen=True)
class Recommendation:
    """Tracks for a feeling, in playing order; valence and arousal are the feeling's, -1..1."""

    valence: float
    arousal: float
    strategy: str
    tracks: tuple[Choice, ...]


class Recommender:
    """Finds tracks in one catalogue; the time that takes does not grow with it."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def recommend(
        self,
        feeling: Feeling,
        strategy: str = "match",
        count: int = 5,
        seed: int | None = None,
        avoid: AbstractSet[str] = frozenset(),
    ) -> Recommendation:
        """Choose `count` tracks of as many artists, or what there is.

        seed: the same seed gives the same tracks; None gives others every time. avoid: ids that
        must not come. Raises UsageError for an unknown strategy or a count below 1.
        """
        if count < 1:
            raise UsageError(f"{count} tracks make no list: expected 1 or more")
        random = Random(seed)  # noqa: S311
        leads: set[int] = set()
        choices: list[Choice] = []
        for waypoint in find_strategy(strategy)(feeling, count):
            tracks = self._tracks_at(waypoint, leads, avoid, random)
            choices += [Choice(track, f"{mood_words(track)}, {waypoint.why}") for track in tracks]
        return Recommendation(feeling.valence, feeling.arousal, strategy, tuple(choices))

    def _tracks_at(
        self, waypoint: Waypoint, leads: set[int], avoid: AbstractSet[str], random: Random
    ) -> list[Track]:
        """The nearest of a random draw around a waypoint; their artists are added to `leads`."""
        for widening in itertools.count():
            factor = WIDENING**widening * waypoint.count
            runs = self._catalog.runs_near(waypoint.valence, waypoint.arousal, POOL * factor)
            drawn = self._catalog.tracks(_draw(runs, DRAWN * factor, random))
            first_of_artist: dict[int, Track] = {}
            for track in sorted(drawn, key=lambda track: _distance(track, waypoint)):
                if track.id not in avoid and track.lead not in leads:
                    first_of_artist.setdefault(track.lead, track)
            found = list(first_of_artist.values())[: waypoint.count]
            if len(found) == waypoint.count or DRAWN * factor >= len(self._catalog):
                break
        leads.update(track.lead for track in found)
        return found


def track_json(choice: Choice) -> dict[str, Any]:
    """One track as `--json` prints it."""
    track = choice.track
    return {
        "id": track.id,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "valence": track.valence,
        "arousal": track.arousal,
        "why": choice.why,
        "url": choice.url,
    }


def mood_words(track: Track) -> str:
    """How a track sounds, in words: `bright and lively`."""
    valence = next(word for end, word in VALENCE_WORDS if track.valence < end)
    arousal = next(word for end, word in AROUSAL_WORDS if track.arousal < end)
    return f"{valence} and {arousal}"


def _draw(runs: list[range], count: int, random: Random) -> list[int]:
    """About `count` different places out of the runs, or all; the early ones of a run more often.

    Python's own generator: its sequence for a seed is the same in every version.
    """
    ends = list(itertools.accumulate(map(len, runs)))
    if not ends or count >= ends[-1]:
        return [place for run in runs for place in run]
    drawn = set()
    for _ in range(count):
        run = runs[bisect_right(ends, int(random.random() * ends[-1]))]
        drawn.add(run[int(len(run) * random.random() ** FAMILIARITY_BIAS)])
    return sorted(drawn)


def _distance(track: Track, waypoint: Waypoint) -> float:
    return math.dist((track.valence, track.arousal), (waypoint.valence, waypoint.arousal))
