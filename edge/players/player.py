"""What every player can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.recommender import Recommendation


class Player(ABC):
    """Takes what was recommended and makes it heard."""

    @abstractmethod
    def play(self, recommendation: Recommendation) -> None:
        """Play these tracks from now on; raises MoodpiError when the player cannot."""
