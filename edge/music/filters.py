"""Which tracks may come at all, as the configuration says, and in words where too few are left."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from catalog.filters import Filters
from catalog.names import artist_key
from catalog.store import Catalog
from edge.config.settings import RecommendSettings
from moodpi.errors import did_you_mean

KEYS = ("genres", "excluded_artists", "year_from", "year_to", "min_popularity", "explicit")


@dataclass(frozen=True)
class TrackFilter:
    """Tracks must pass the filters. artists: folded names of whom none may come.

    words: the settings that were changed, for a message.
    """

    filters: Filters = field(default_factory=Filters)
    artists: AbstractSet[str] = frozenset()
    words: str = ""

    @classmethod
    def of(cls, settings: RecommendSettings) -> TrackFilter:
        """The bounds that a configuration sets."""
        usual = RecommendSettings()
        changed = [key for key in KEYS if getattr(settings, key) != getattr(usual, key)]
        return cls(
            filters=Filters(
                genres=settings.genres,
                years=(settings.year_from, settings.year_to),
                popularity=settings.min_popularity,
                explicit=settings.explicit,
            ),
            artists=frozenset(map(artist_key, settings.excluded_artists)),
            words=", ".join(f"recommend.{key}" for key in changed),
        )

    def why_too_few(self, found: int, wanted: int, catalog: Catalog, *, of_player: bool) -> str:
        """What to say where fewer tracks were found than wanted, by a player of few or of all."""
        said = f"only {found} of {wanted} tracks"
        if not self.words:
            where = "what the player has of " if of_player else ""
            return f"{said}: {where}the catalogue {catalog.path} has no more that may come"
        known = catalog.genres()
        unknown = [genre for genre in self.filters.genres if genre.casefold() not in known]
        if unknown and known:
            return f"{said}: no track has genre '{unknown[0]}': {did_you_mean(unknown[0], known)}"
        return f"{said} pass the filters: loosen {self.words} in the configuration"
