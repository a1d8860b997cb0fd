"""What every player can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.recommender import Recommendation
    from edge.settings import PlayerSettings


class Player(ABC):
    """Takes what was recommended and makes it heard; settings: the configuration's [player]."""

    def __init__(self, settings: PlayerSettings) -> None:
        self._settings = settings

    @abstractmethod
    def play(self, recommendation: Recommendation) -> None:
        """Play these tracks from now on; raises MoodpiError when the player cannot."""

    @abstractmethod
    def close(self) -> None:
        """The run ends, or nothing more is to be played: leave nothing running."""
