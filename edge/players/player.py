"""What every player can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation, RecommendedTrack


@dataclass(frozen=True)
class PlayerState:
    """What a player is doing, as far as it knows.

    playing: the track that is heard, None where it is none of moodpi's. wants_more: the last of
    the tracks plays, or none of them could be. halted: whoever owns the server paused or stopped
    it there. trouble: why nothing is heard that should be.
    """

    playing: RecommendedTrack | None = None
    wants_more: bool = False
    halted: bool = False
    trouble: str = ""


class Player(ABC):
    """Takes what was recommended and makes it heard.

    settings: the configuration's [player]. catalog: the catalogue's file, None for moodpi's own.
    No method keeps its caller waiting: who talks to a server does so in a thread of its own.
    """

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        self.settings = settings
        self.catalog = catalog

    def playable(self, catalog: Catalog) -> Sequence[int] | None:  # noqa: ARG002
        """Places of the tracks that it can play, rising; None for all.

        Raises MoodpiError while that is not known.
        """
        return None

    @abstractmethod
    def play(self, recommendation: Recommendation, *, at_once: bool = False) -> None:
        """Play these tracks instead of what is left of the last; MoodpiError where it cannot.

        at_once: whoever listens asked for others, so that the track that plays ends too.
        """

    @abstractmethod
    def pause(self) -> None:
        """Be silent until `resume`, without losing the place."""

    @abstractmethod
    def resume(self, *, asked: bool = False) -> None:
        """Go on from where `pause` came. asked: by somebody, whatever else had paused it."""

    def drop(self, ids: frozenset[str]) -> None:  # noqa: B027  # most have no queue
        """None of these tracks is to be heard from now on, not even to its end."""

    def state(self) -> PlayerState:
        """What it is doing now."""
        return PlayerState()

    def open(self) -> None:  # noqa: B027  # most have nothing to begin with
        """The run begins."""

    @abstractmethod
    def close(self) -> None:
        """The run ends: leave nothing running."""
