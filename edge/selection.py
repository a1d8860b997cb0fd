"""Tracks for a feeling: from the catalogue as it is now, within the configuration's bounds, to this
listener's taste.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.bounds import Bounds
from edge.recommender import Recommendation, Recommender

if TYPE_CHECKING:
    from edge.current_catalog import CurrentCatalog
    from edge.feeling import Feeling
    from edge.listener import History
    from edge.settings import RecommendSettings

log = logging.getLogger(__name__)


class Selection:
    """Chooses, and remembers what it chose; seed as in Recommender.recommend."""

    def __init__(
        self,
        catalog: CurrentCatalog,
        history: History,
        settings: RecommendSettings,
        seed: int | None = None,
    ) -> None:
        self._catalog = catalog
        self._history = history
        self._settings = settings
        self._bounds = Bounds.of(settings)
        self._seed = seed

    def choose(self, feeling: Feeling) -> Recommendation:
        """The next tracks for `feeling`; fewer than are wanted are logged with the reason.

        Raises MoodpiError where the catalogue cannot be read.
        """
        catalog, wanted = self._catalog.catalog(), self._settings.count
        with self._history.turn():
            chosen = Recommender(catalog, self._bounds, self._history.taste()).recommend(
                feeling,
                self._settings.strategy,
                wanted,
                self._seed,
                history=self._history,
                target=self._settings.target,
            )
            self._history.remember([choice.track.id for choice in chosen.tracks], feeling.emotion)
        if len(chosen.tracks) < wanted:
            log.warning("%s", self._bounds.why_too_few(len(chosen.tracks), wanted, catalog))
        return chosen
