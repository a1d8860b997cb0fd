"""Tracks for a feeling, none of them twice in one run while the catalogue lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.settings import RecommendSettings

if TYPE_CHECKING:
    from edge.feeling import Feeling
    from edge.recommender import Recommendation, Recommender


class Selection:
    """A recommender that remembers what it has already given."""

    def __init__(
        self, recommender: Recommender, settings: RecommendSettings, seed: int | None = None
    ) -> None:
        self._recommender = recommender
        self._settings = settings
        self._seed = seed
        self._given: set[str] = set()

    def choose(self, feeling: Feeling) -> Recommendation:
        """The next tracks for `feeling`; once too few are left, all of them may come again."""
        chosen = self._recommend(feeling)
        if len(chosen.tracks) < self._settings.count and self._given:
            self._given.clear()
            chosen = self._recommend(feeling)
        self._given.update(choice.track.id for choice in chosen.tracks)
        return chosen

    def _recommend(self, feeling: Feeling) -> Recommendation:
        return self._recommender.recommend(
            feeling,
            strategy=self._settings.strategy,
            count=self._settings.count,
            seed=self._seed,
            avoid=frozenset(self._given),
        )
