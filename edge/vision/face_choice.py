"""Whose mood it is, of several people."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from edge.vision.boxes import area, centre
from edge.vision.tracker import FaceTrack

# Somebody else takes over only by so much: two who are alike must not take turns.
ADVANTAGE = 1.25


class FaceChoice(ABC):
    """Chooses among the faces in view."""

    @abstractmethod
    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:
        """Those whose mood it is, in a picture of `shape` (h, w); none of none."""


class OnePerson(FaceChoice):
    """The one who stands out most, until somebody else clearly does."""

    _number = 0

    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:
        if not tracks:
            return []

        def standing(track: FaceTrack) -> float:
            return self._standing(track, shape) * (ADVANTAGE if track.number == self._number else 1)

        chosen = max(tracks, key=standing)
        self._number = chosen.number
        return [chosen]

    @abstractmethod
    def _standing(self, track: FaceTrack, shape: tuple[int, ...]) -> float:
        """How much it stands out, above 0."""


class Largest(OnePerson):
    """Whoever is nearest to the camera."""

    def _standing(self, track: FaceTrack, shape: tuple[int, ...]) -> float:  # noqa: ARG002
        return float(area(track.box))


class Central(OnePerson):
    """Whoever is nearest to the middle of the picture."""

    def _standing(self, track: FaceTrack, shape: tuple[int, ...]) -> float:
        away = math.dist(centre(track.box), (shape[1] / 2, shape[0] / 2))
        # A face's width away is half as much, wherever that is.
        return 1 / (1 + away / track.box[2])


class Household(FaceChoice):
    """Everybody: their mean mood."""

    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:  # noqa: ARG002
        return list(tracks)


FACE_CHOICES: dict[str, type[FaceChoice]] = {
    "largest": Largest,
    "center": Central,
    "household": Household,
}
