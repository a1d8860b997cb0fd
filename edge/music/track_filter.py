"""The filter of the configuration: which tracks can be recommended."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from catalog.artists import credited_artists
from catalog.attribute_filter import AttributeFilter
from catalog.names import artist_key
from catalog.store import Catalog, Track
from edge.config.settings import RecommendSettings
from moodpi.errors import did_you_mean
from moodpi.text import quoted

FILTER_SETTINGS = (
    "genres", "excluded_artists", "year_from", "year_to", "min_popularity", "explicit",
)  # fmt: skip


@dataclass(frozen=True)
class TrackFilter:
    """A filter on attributes and artists. A track must pass both.

    Attributes:
        attributes: The filter on genre, year, popularity and explicit content.
        excluded_artists: The keys (names.artist_key) of artists that are never recommended.
        settings: The names of the settings that differ from their defaults, for messages.
    """

    attributes: AttributeFilter = field(default_factory=AttributeFilter)
    excluded_artists: AbstractSet[str] = frozenset()
    settings: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, settings: RecommendSettings) -> TrackFilter:
        """The filter that a configuration defines."""
        defaults = RecommendSettings()
        changed = [
            key for key in FILTER_SETTINGS if getattr(settings, key) != getattr(defaults, key)
        ]
        return cls(
            attributes=AttributeFilter(
                genres=settings.genres,
                years=(settings.year_from, settings.year_to),
                min_popularity=settings.min_popularity,
                explicit=settings.explicit,
            ),
            excluded_artists=frozenset(map(artist_key, settings.excluded_artists)),
            settings=tuple(f"recommend.{key}" for key in changed),
        )

    def excludes_artist(self, track: Track) -> bool:
        """Whether an artist of the track's credit is excluded."""
        return bool(self.excluded_artists) and not self.excluded_artists.isdisjoint(
            credited_artists(track.artist)
        )

    def shortage_message(self, found: int, count: int, catalog: Catalog, *, player: bool) -> str:
        """Why fewer tracks were found than requested, and what to change.

        player: Whether only the tracks that a player has were searched.
        """
        shortage = f"only {found} of {count} tracks"
        if not self.settings:
            scope = "the player has no other tracks of" if player else "there are no others in"
            return f"{shortage}: {scope} the catalogue {catalog.path}"
        if unknown := self.unknown_genre_message(catalog):
            return f"{shortage}: {unknown}"
        settings = ", ".join(self.settings)
        return f"{shortage} pass the filters: change {settings} in the configuration"

    def unknown_genre_message(self, catalog: Catalog) -> str:
        """Which genre of the filter no track has, and the nearest one; empty if all exist."""
        known = catalog.genres() if self.attributes.genres else []
        known_keys = {genre.casefold() for genre in known}
        unknown = [genre for genre in self.attributes.genres if genre.casefold() not in known_keys]
        if not unknown or not known:
            return ""
        return f"no track has the genre {quoted(unknown[0])}: {did_you_mean(unknown[0], known)}"
