"""The interface of every player."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.music.stars import Stars

# A track that has sounded for this many seconds counts as heard.
HEARD_SECONDS = 5.0


@dataclass(frozen=True)
class PlayerState:
    """The state that a player reports.

    Attributes:
        playing: The current track, playing or paused, from its first sound on. None if it is not
            one of moodpi's.
        heard: The last tracks that have sounded for HEARD_SECONDS, the newest last. Those of a
            player that cannot know are all that it has received.
        is_finished: All tracks of the queue were played, or another program has cleared it.
        needs_tracks: The last track of the queue plays, or no track could be queued.
        paused_externally: Another program paused or stopped the music server.
        error: Why no music plays, as a message. Empty without an error, and again only when
            music has sounded for HEARD_SECONDS after one.
        error_code: The code of that error (`MoodpiError.code`).
    """

    playing: RecommendedTrack | None = None
    heard: tuple[RecommendedTrack, ...] = ()
    is_finished: bool = False
    needs_tracks: bool = False
    paused_externally: bool = False
    error: str = ""
    error_code: str = ""


class Player(ABC):
    """Plays recommended tracks.

    No method blocks. A player that talks to a server does so in its own thread.

    Args:
        settings: The [player] section of the configuration.
        catalog: Path of the catalogue, or None for the default one.
    """

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        self.settings = settings
        self.catalog = catalog

    def playable(self, catalog: Catalog) -> Sequence[int] | None:  # noqa: ARG002
        """Row ids of the tracks that this player can play, ascending, or None for all.

        Raises MoodpiError until they are known.
        """
        return None

    def song_counts(self) -> tuple[int, int] | None:
        """The songs of the library, and how many of them are playable tracks.

        None for a player without a library, and until they are known.
        """
        return None

    @property
    def uris(self) -> Mapping[str, str]:
        """The player's names of its songs, by track id. Empty for a player without a library."""
        return {}

    @abstractmethod
    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        """Replace the pending tracks by these. Raises MoodpiError if they cannot be played.

        interrupt: Stop the current track too.
        """

    @abstractmethod
    def pause(self) -> None:
        """Pause, keeping the position."""

    @abstractmethod
    def resume(self, *, requested: bool = False) -> None:
        """Resume at the position of `pause`.

        requested: A person requested it. This also ends a pause made by another program.
        """

    def remove(self, ids: frozenset[str]) -> None:  # noqa: B027  # most players have no queue
        """Remove these tracks from the queue, and skip the current one if it is among them."""

    def stars(self) -> Stars | None:
        """The stars of the songs. None without a server that has stars, and until they are read."""
        return None

    def star(self, wanted: Mapping[str, bool]) -> None:  # noqa: B027  # most players have no stars
        """Give these tracks a star, or remove it, by track id. It replaces earlier calls."""

    @property
    def is_busy(self) -> bool:
        """Whether the last list is still to be played to its end, as far as the player knows."""
        return False

    def state(self) -> PlayerState:
        """The current state."""
        return PlayerState()

    def open(self) -> None:  # noqa: B027  # most players need no preparation
        """Prepare for playing, at the start of a run."""

    @abstractmethod
    def close(self) -> None:
        """Stop everything that this player has started."""
