"""The newest list of tracks, and what was excluded from it since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalog.store import Track
from edge.events import TracksEvent
from edge.music.recommendation import RecommendedTrack


class TrackList:
    """The newest list. It has no event until the first tracks are selected.

    Attributes:
        event: The list as it was reported last; None without one.
        excluded: The ids of the tracks that were excluded since the list began, of the playing one
            too.
    """

    def __init__(self) -> None:
        self.event: TracksEvent | None = None
        self.excluded: frozenset[str] = frozenset()

    @property
    def tracks(self) -> tuple[RecommendedTrack, ...]:
        """The tracks that are left."""
        return self.event.recommendation.tracks if self.event else ()

    def begin(self, event: TracksEvent) -> None:
        """A new list replaces this one."""
        self.event = event
        self.excluded = frozenset()

    def with_playing(self, playing: RecommendedTrack | None) -> set[RecommendedTrack]:
        """The tracks that are left and the playing one, which may be of an earlier list."""
        return {*self.tracks, *([playing] if playing else [])}

    def exclude(
        self, is_excluded: Callable[[Track], bool], playing: RecommendedTrack | None
    ) -> bool:
        """Note the tracks that are excluded. Returns whether there is a new one."""
        known = self.with_playing(playing)
        ids = frozenset(one.track.id for one in known if is_excluded(one.track))
        has_new = not ids <= self.excluded
        self.excluded |= ids
        return has_new

    def remove_excluded(self, timestamp: float) -> bool:
        """Remove the excluded tracks; the event gets this time. Returns whether there were any."""
        left = tuple(one for one in self.tracks if one.track.id not in self.excluded)
        if self.event is None or left == self.tracks:
            return False
        recommendation = replace(self.event.recommendation, tracks=left)
        self.event = replace(self.event, time=timestamp, recommendation=recommendation)
        return True
