"""Recommends tracks for an affect.

A strategy turns the affect into waypoints on the valence-arousal plane. For each waypoint, the
recommender takes a random sample of the tracks near it, in which popular tracks are more likely,
and ranks the sample by distance and by the listener's taste. A list contains each main artist once,
unless a gap between two tracks of one artist is given.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from random import Random

from catalog.store import Catalog, Track
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.popularity import preference_strength, weighted_order
from edge.music.profile import History, Taste
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.music.strategies import Waypoint, find_strategy
from edge.music.track_filter import TrackFilter
from moodpi.errors import UsageError

# The candidate pool of a waypoint of n tracks is the nearest POOL_PER_TRACK x n tracks. In a small
# catalogue that would be half of the plane: the pool is then at most MAX_POOL_SHARE of the
# catalogue, but at least MIN_POOL_PER_TRACK x n and MIN_POOL_SIZE tracks.
POOL_PER_TRACK = 100
MAX_POOL_SHARE = 0.02
MIN_POOL_PER_TRACK = 1.75
# Ten lists of five tracks from a pool of this size hold about 30 different tracks.
MIN_POOL_SIZE = 64
# The size of the sample from the pool is this x n: larger if there is a taste to rank it by.
SAMPLE_PER_TRACK = 2
SAMPLE_PER_TRACK_WITH_TASTE = 8
# Pool and sample grow by this factor while too few tracks of the sample can be recommended.
GROWTH_FACTOR = 2
# Played tracks can be recommended again once a sample has covered this many tracks.
NEIGHBOURHOOD_SIZE = 500
# The distance on the plane that a certain like is worth, compared with a certain dislike.
TASTE_WEIGHT = 0.3
# The reason given for a track farther than this from its waypoint tells that it is the nearest.
FAR_DISTANCE = 0.4

# Adjectives for a coordinate of the plane, each with the upper end of its range.
VALENCE_ADJECTIVES = (
    (-0.6, "dark"),
    (-0.2, "moody"),
    (0.2, "even"),
    (0.6, "warm"),
    (math.inf, "bright"),
)
AROUSAL_ADJECTIVES = (
    (-0.6, "very calm"),
    (-0.2, "gentle"),
    (0.2, "steady"),
    (0.6, "lively"),
    (math.inf, "intense"),
)


class Recommender:
    """Recommends tracks of one catalogue. Its running time does not grow with the catalogue.

    Args:
        catalog: The catalogue to choose from.
        track_filter: Which tracks can be recommended; all by default.
        taste: The listener's taste; neutral by default.
        playable: The rowids of the tracks that can be recommended, ascending; None for all.
        popularity: The setting `recommend.popularity`, 0..1.
    """

    def __init__(
        self,
        catalog: Catalog,
        track_filter: TrackFilter | None = None,
        taste: Taste | None = None,
        playable: Sequence[int] | None = None,
        popularity: float = RecommendSettings.popularity,
    ) -> None:
        self._catalog = catalog
        self._plane = catalog.plane if playable is None else catalog.plane.subset(playable)
        self._filter = track_filter or TrackFilter()
        self._taste = taste or Taste()
        self._preference = preference_strength(popularity, len(self._plane), len(self._taste))

    def recommend(
        self,
        affect: Affect,
        strategy: str = "match",
        count: int = 5,
        seed: int | None = None,
        exclude: AbstractSet[str] = frozenset(),
        history: History | None = None,
        target: str = "",
        artist_gap: int | None = None,
    ) -> Recommendation:
        """Choose `count` tracks, or fewer if there are not as many.

        Args:
            affect: The listener's affect.
            strategy: A key of strategies.STRATEGIES.
            count: The number of tracks, at least 1.
            seed: The seed of the random sample. None gives other tracks on every call.
            exclude: The ids of tracks that must not be recommended.
            history: The played tracks. They are recommended only after all tracks around them were
                played, the least recently played first.
            target: The target of `lift` and `journey`, a key of strategies.TARGETS. Empty for the
                default target of the affect.
            artist_gap: An artist can be repeated after this many other tracks, at least 1; None:
                never.

        Raises:
            UsageError: The strategy or target is unknown, or count is below 1.
        """
        if count < 1:
            raise UsageError(f"count = {count}: expected 1 or more tracks", code="invalid_count")
        rng = Random(seed)  # noqa: S311
        waypoints = find_strategy(strategy)(affect, count, target)
        if artist_gap is not None:
            waypoints = [replace(each, count=1) for each in waypoints for _ in range(each.count)]
        recommended: list[RecommendedTrack] = []
        for waypoint in waypoints:
            artists = {item.track.artist_id for item in recommended[-(artist_gap or count) :]}
            left_out = exclude | {item.track.id for item in recommended}
            tracks = self._tracks_near(waypoint, artists, left_out, history, rng)
            recommended += [RecommendedTrack(track, self._why(track, waypoint)) for track in tracks]
        return Recommendation(
            affect.valence, affect.arousal, strategy, tuple(recommended), affect.emotion
        )

    def _tracks_near(
        self,
        waypoint: Waypoint,
        artists: AbstractSet[int],
        exclude: AbstractSet[str],
        history: History | None,
        rng: Random,
    ) -> list[Track]:
        """The best tracks of a sample near the waypoint. The sample grows until there are enough.

        artists: The ids of the main artists that are already in the list.
        """
        best: list[Track] = []
        for rowids, exhausted in self._samples(waypoint, rng):
            candidates = [
                track
                for track in self._catalog.tracks(rowids)
                if self._is_allowed(track, artists, exclude)
            ]
            played = history.last_played(track.id for track in candidates) if history else {}
            if not exhausted:
                candidates = [track for track in candidates if track.id not in played]
            candidates.sort(
                key=lambda track: (played.get(track.id, 0), self._cost(track, waypoint))
            )
            first_of_artist: dict[int, Track] = {}
            for track in candidates:
                first_of_artist.setdefault(track.artist_id, track)
            best = list(first_of_artist.values())[: waypoint.count]
            if len(best) == waypoint.count:
                break
        return best

    def _samples(self, waypoint: Waypoint, rng: Random) -> Iterator[tuple[list[int], bool]]:
        """Random samples of rowids, each larger than the one before, up to the whole catalogue.

        The second value tells whether the sample exhausts the neighbourhood of the waypoint.
        """
        per_track = SAMPLE_PER_TRACK_WITH_TASTE if self._taste else SAMPLE_PER_TRACK
        for pool, is_last in self._pools(waypoint):
            popularities = self._catalog.popularities(pool)
            order = weighted_order(pool, popularities, self._preference, rng)
            sample_size = min(waypoint.count * per_track, len(pool) - 1)
            while 0 < sample_size < len(pool):
                yield order[:sample_size], False
                sample_size *= GROWTH_FACTOR
            yield order, is_last or len(pool) >= NEIGHBOURHOOD_SIZE

    def _pools(self, waypoint: Waypoint) -> Iterator[tuple[list[int], bool]]:
        """Pools of the nearest rowids that pass the filter, each larger than the last.

        The second value tells whether the pool covers the whole catalogue.
        """
        pool_size = max(
            min(POOL_PER_TRACK * waypoint.count, int(MAX_POOL_SHARE * len(self._plane))),
            int(MIN_POOL_PER_TRACK * waypoint.count),
            MIN_POOL_SIZE,
        )
        searched = pool_size
        is_last = False
        while not is_last:
            nearest = self._plane.nearest_cells(waypoint.valence, waypoint.arousal, searched)
            cells = self._catalog.filter_cells(nearest, self._filter.attributes)
            pool = list(itertools.chain.from_iterable(cells))
            is_last = searched >= len(self._plane)
            if is_last or len(pool) >= pool_size:
                yield pool, is_last
                pool_size *= GROWTH_FACTOR
            searched *= GROWTH_FACTOR

    def _is_allowed(
        self, track: Track, artists: AbstractSet[int], exclude: AbstractSet[str]
    ) -> bool:
        return not (
            track.id in exclude
            or track.artist_id in artists
            or self._taste.bans(track)
            or self._filter.excludes_artist(track)
        )

    def _why(self, track: Track, waypoint: Waypoint) -> str:
        why = f"{describe_sound(track)}, {waypoint.why}"
        if _distance(track, waypoint) <= FAR_DISTANCE:
            return why
        if self._plane is not self._catalog.plane:
            return f"{why}: the nearest that your player has"
        if self._filter.settings:
            return f"{why}: the nearest that your filters allow"
        return f"{why}: the nearest that is left"

    def _cost(self, track: Track, waypoint: Waypoint) -> float:
        """The track's distance from the waypoint, reduced by the listener's liking for it."""
        return _distance(track, waypoint) - TASTE_WEIGHT * self._taste.like_probability(track)


def describe_sound(track: Track) -> str:
    """The track's valence and arousal in words: `bright and lively`."""
    valence = next(word for end, word in VALENCE_ADJECTIVES if track.valence < end)
    arousal = next(word for end, word in AROUSAL_ADJECTIVES if track.arousal < end)
    sound = f"{valence} and {arousal}"
    return sound if track.spread is None else f"{sound} by its sound"


def _distance(track: Track, waypoint: Waypoint) -> float:
    return math.dist((track.valence, track.arousal), (waypoint.valence, waypoint.arousal))
