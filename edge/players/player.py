"""What every player can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from edge.recommender import Recommendation


class Player(ABC):
    """Takes what was recommended and makes it heard. `out` is where it may write to people."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @abstractmethod
    def play(self, recommendation: Recommendation) -> None:
        """Play these tracks from now on; raises MoodpiError when the player cannot."""
