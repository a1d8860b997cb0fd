"""Tracks for an affect: from the catalogue as it is now, within the configuration's bounds, to this
listener's taste.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog.reloading import ReloadingCatalog
from catalog.store import Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.filters import TrackFilter
from edge.music.profile import History
from edge.music.recommendation import Recommendation
from edge.music.recommender import Recommender
from edge.music.strategies import find_strategy

log = logging.getLogger(__name__)


def everything(_catalog: Catalog) -> None:
    """Every track of a catalogue may come, as where nobody but a person plays them."""


class TrackSelector:
    """Chooses, and remembers what it chose; seed as in Recommender.recommend.

    playable: the places of a catalogue that can be played, rising, or None for all.
    """

    def __init__(
        self,
        catalog: ReloadingCatalog,
        history: History,
        settings: RecommendSettings,
        seed: int | None = None,
        playable: Callable[[Catalog], Sequence[int] | None] = everything,
    ) -> None:
        self._catalog = catalog
        self._history = history
        self._settings = settings
        self._bounds = TrackFilter.of(settings)
        self._seed = seed
        self._playable = playable

    @property
    def strategy(self) -> str:
        """The one it chooses by."""
        return self._settings.strategy

    def follow(self, strategy: str) -> None:
        """Choose by this one from now on. Raises UsageError for an unknown one."""
        find_strategy(strategy)
        self._settings = replace(self._settings, strategy=strategy)

    def choose(self, affect: Affect) -> Recommendation:
        """The next tracks for `affect`; fewer than are wanted are logged with the reason.

        Raises MoodpiError where the catalogue cannot be read or nobody knows what can be played.
        """
        catalog, wanted = self._catalog.catalog(), self._settings.count
        playable = self._playable(catalog)
        with self._history.turn():
            chosen = Recommender(catalog, self._bounds, self._history.taste(), playable).recommend(
                affect,
                self._settings.strategy,
                wanted,
                self._seed,
                history=self._history,
                target=self._settings.target,
            )
            self._history.remember([choice.track.id for choice in chosen.tracks], affect.emotion)
        if len(chosen.tracks) < wanted:
            why = self._bounds.why_too_few(
                len(chosen.tracks), wanted, catalog, of_player=playable is not None
            )
            log.warning("%s", why)
        return chosen
