"""Selects the next tracks, by the configuration and the listener's profile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog, Track
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.profile import History, Verdict
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.music.recommender import Recommender
from edge.music.stars import Stars
from edge.music.strategies import find_strategy
from edge.music.track_filter import TrackFilter

log = logging.getLogger(__name__)

# The gaps between two tracks of one artist in lists (see Recommender.recommend): each artist once.
EACH_ARTIST_ONCE = (None,)
# In long lists an artist is repeated if there are too few, as late as possible, but never at once.
REPEATED_ARTISTS = (None, 20, 5, 1)


def all_tracks(_catalog: Catalog) -> None:
    """The default for `playable`: every track of the catalogue can be recommended."""


class TrackSelector:
    """Selects tracks that the history does not contain yet.

    Args:
        catalog: The catalogue, reopened when it is replaced.
        history: The listener's history and taste.
        settings: The section `recommend` of the configuration.
        seed: As in Recommender.recommend.
        playable: Returns the rowids of the tracks that can be played, ascending, or None for all.
        artist_gaps: The gaps between two tracks of one artist. The first that gives enough tracks
            is used, or the last.
    """

    def __init__(
        self,
        catalog: ReloadingCatalog,
        history: History,
        settings: RecommendSettings,
        seed: int | None = None,
        playable: Callable[[Catalog], Sequence[int] | None] = all_tracks,
        artist_gaps: Sequence[int | None] = EACH_ARTIST_ONCE,
    ) -> None:
        self._catalog = catalog
        self._history = history
        self._settings = settings
        self._filter = TrackFilter.from_settings(settings)
        self._seed = seed
        self._playable = playable
        self._artist_gaps = artist_gaps

    @property
    def strategy(self) -> str:
        """The name of the current strategy."""
        return self._settings.strategy

    @property
    def song_analysis(self) -> str:
        """How far the analysis of the player's songs is. Empty before its first run."""
        return self._catalog.current().song_analysis

    def set_strategy(self, strategy: str) -> None:
        """Change the strategy of the next selections. Raises UsageError for an unknown one."""
        find_strategy(strategy)
        self._settings = replace(self._settings, strategy=strategy)

    def set_list(self, tracks: Sequence[RecommendedTrack]) -> None:
        """Remember the current list of tracks, which feedback refers to by number."""
        self._history.set_last_list([track.track.id for track in tracks])

    def add_heard(self, tracks: Sequence[RecommendedTrack], emotion: str) -> None:
        """Add tracks to the history, with the listener's emotion."""
        if tracks:
            self._history.add([track.track.id for track in tracks], emotion)

    def bans(self) -> Callable[[Track], bool]:
        """Whether a track is banned, also by another process."""
        return self._history.taste().bans

    def exchange_stars(self, stars: Stars) -> Mapping[str, bool]:
        """Take a server's stars as likes. Returns the stars that are to change, by track id."""
        return self._history.exchange_stars(stars, self._catalog.current())

    def verdicts(self) -> Callable[[Track], Verdict | None]:
        """The last verdict on a track, also of another process; None without one."""
        return self._history.taste().verdict

    def select(self, affect: Affect) -> Recommendation:
        """Select the next tracks for an affect. If there are too few, log the reason.

        Raises MoodpiError if the catalogue is damaged or the playable tracks are not known yet.
        """
        with self._history.lock():
            return self._select(affect)

    def select_heard(self, affect: Affect) -> Recommendation:
        """Like `select`, for tracks that count as heard when they are shown."""
        with self._history.lock():
            recommendation = self._select(affect)
            self.add_heard(recommendation.tracks, affect.emotion)
        return recommendation

    def _select(self, affect: Affect) -> Recommendation:
        catalog, count = self._catalog.current(), self._settings.count
        playable = self._playable(catalog)
        recommender = Recommender(
            catalog, self._filter, self._history.taste(), playable, self._settings.popularity
        )
        for gap in self._artist_gaps:
            recommendation = recommender.recommend(
                affect,
                self._settings.strategy,
                count,
                self._seed,
                history=self._history,
                target=self._settings.target,
                artist_gap=gap,
            )
            if len(recommendation.tracks) == count:
                break
        self.set_list(recommendation.tracks)
        found = len(recommendation.tracks)
        if found < count:
            player = playable is not None
            log.warning("%s", self._filter.shortage_message(found, count, catalog, player=player))
        elif unknown := self._filter.unknown_genre_message(catalog):
            log.warning("%s", unknown)
        return recommendation
