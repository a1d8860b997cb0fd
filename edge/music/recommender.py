"""From an affect to tracks: near where the strategy leads, each artist once, varied by a seed, bent
by the listener's taste.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from random import Random

from catalog.artists import credited
from catalog.store import Catalog, Track
from edge.mood.affect import Affect
from edge.music.filters import TrackFilter
from edge.music.profile import History, Taste
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.music.strategies import Waypoint, find_strategy
from moodpi.errors import UsageError

# A list of n tracks is drawn from the nearest POOL x n, of which DRAWN x n are looked at, or
# TASTED x n where a taste is to choose among them. Of a small catalogue that would be half the
# plane: the pool is no larger a share of it than SHARE, but never below SMALLEST x n nor FEWEST.
POOL = 100
SHARE = 0.02
SMALLEST = 1.75
FEWEST = 20
DRAWN = 4
TASTED = 8
# How many times as many, if artists or what must be avoided leave too few.
WIDENING = 2
# A track that was played comes again once so many around it were.
NEIGHBOURHOOD = 500
# How much farther off on the plane a track may be that is liked for certain than one that is not.
TASTE_REACH = 0.3
# A track farther from where it should be than this is not said to be there.
FAR = 0.4
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


class Recommender:
    """Finds tracks in one catalogue; the time that takes does not grow with it.

    taste: of the listener; who said nothing gets what anybody would. playable: places, rising, of
    the tracks that may come; None for all.
    """

    def __init__(
        self,
        catalog: Catalog,
        bounds: TrackFilter | None = None,
        taste: Taste | None = None,
        playable: Sequence[int] | None = None,
    ) -> None:
        self._catalog = catalog
        self._plane = catalog.plane if playable is None else catalog.plane.within(playable)
        self._bounds = bounds or TrackFilter()
        self._taste = taste or Taste()

    def recommend(
        self,
        affect: Affect,
        strategy: str = "match",
        count: int = 5,
        seed: int | None = None,
        avoid: AbstractSet[str] = frozenset(),
        history: History | None = None,
        target: str = "",
    ) -> Recommendation:
        """Choose `count` tracks of as many artists, or what there is.

        target: where `lift` and `journey` lead (strategies.GOALS), what suits the affect if empty.
        seed: the same seed gives the same tracks; None gives others every time. avoid: ids that
        must not come. history: what it has comes again once the tracks around it are used up, the
        longest ago first. Raises UsageError for an unknown strategy or target or a count below 1.
        """
        if count < 1:
            raise UsageError(f"{count} tracks make no list: expected 1 or more")
        random = Random(seed)  # noqa: S311
        leads: set[int] = set()
        choices: list[RecommendedTrack] = []
        for waypoint in find_strategy(strategy)(affect, count, target):
            tracks = self._tracks_at(waypoint, leads, avoid, history, random)
            choices += [RecommendedTrack(track, self._why(track, waypoint)) for track in tracks]
            leads.update(track.lead for track in tracks)
        return Recommendation(affect.valence, affect.arousal, strategy, tuple(choices))

    def _tracks_at(
        self,
        waypoint: Waypoint,
        leads: AbstractSet[int],
        avoid: AbstractSet[str],
        history: History | None,
        random: Random,
    ) -> list[Track]:
        """The best of a random draw around a waypoint, or of more and more where they are few."""
        found: list[Track] = []
        for places, used_up in self._draws(waypoint, random):
            drawn = [t for t in self._catalog.tracks(places) if self._may_come(t, leads, avoid)]
            played = history.last_played(track.id for track in drawn) if history else {}
            fresh = drawn if used_up else [track for track in drawn if track.id not in played]
            fresh.sort(key=lambda track: (played.get(track.id, 0), self._cost(track, waypoint)))
            first_of_artist: dict[int, Track] = {}
            for track in fresh:
                first_of_artist.setdefault(track.lead, track)
            found = list(first_of_artist.values())[: waypoint.count]
            if len(found) == waypoint.count:
                break
        return found

    def _draws(self, waypoint: Waypoint, random: Random) -> Iterator[tuple[list[int], bool]]:
        """Ever larger draws of places, up to all, from ever larger pools, up to the catalogue; and
        whether a draw used up the waypoint's neighbourhood.
        """
        least = waypoint.count * (TASTED if self._taste else DRAWN)
        for runs, everything in self._pools(waypoint):
            pool = sum(map(len, runs))
            looked_at = min(least, pool - 1)
            while 0 < looked_at < pool:
                yield _draw(runs, looked_at, random), False
                looked_at *= WIDENING
            yield _draw(runs, pool, random), everything or pool >= NEIGHBOURHOOD

    def _pools(self, waypoint: Waypoint) -> Iterator[tuple[list[Sequence[int]], bool]]:
        """The nearest places that pass the filters, then more; and whether there are no others."""
        wanted = min(POOL * waypoint.count, int(SHARE * len(self._plane)))
        reach = wanted = max(wanted, int(SMALLEST * waypoint.count), FEWEST)
        everything = False
        while not everything:
            near = self._plane.runs_near(waypoint.valence, waypoint.arousal, reach)
            runs = self._catalog.passing(near, self._bounds.filters)
            everything = reach >= len(self._plane)
            if everything or sum(map(len, runs)) >= wanted:
                yield runs, everything
                wanted *= WIDENING
            reach *= WIDENING

    def _may_come(self, track: Track, leads: AbstractSet[int], avoid: AbstractSet[str]) -> bool:
        if track.id in avoid or track.lead in leads or self._taste.refuses(track):
            return False
        return not self._bounds.artists or self._bounds.artists.isdisjoint(credited(track.artist))

    def _why(self, track: Track, waypoint: Waypoint) -> str:
        why = f"{mood_words(track)}, {waypoint.why}"
        if _distance(track, waypoint) <= FAR:
            return why
        if self._plane is not self._catalog.plane:
            return f"{why}: the nearest that your player has"
        by = "your filters let" if self._bounds.words else "what came before lets"
        return f"{why}: the nearest that {by} through"

    def _cost(self, track: Track, waypoint: Waypoint) -> float:
        """How far off a track is, in units of the plane; dislike counts as distance."""
        return _distance(track, waypoint) - TASTE_REACH * self._taste.liking(track)


def mood_words(track: Track) -> str:
    """How a track sounds, in words: `bright and lively`."""
    valence = next(word for end, word in VALENCE_WORDS if track.valence < end)
    arousal = next(word for end, word in AROUSAL_WORDS if track.arousal < end)
    return f"{valence} and {arousal}"


def _draw(runs: Sequence[Sequence[int]], count: int, random: Random) -> list[int]:
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
