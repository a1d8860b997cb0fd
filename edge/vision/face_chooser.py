"""The choice of the faces whose mood counts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from edge.vision.boxes import area, centre
from edge.vision.tracker import FaceTrack

# Another face is chosen only if its score is higher by this factor. This hysteresis keeps two
# similar faces from alternating.
SWITCH_FACTOR = 1.25


class FaceChooser(ABC):
    """Chooses among the visible faces."""

    @abstractmethod
    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:
        """The chosen faces of a picture of `shape` (h, w); empty without a face."""


class SingleFaceChooser(FaceChooser):
    """Chooses the face with the highest score, and keeps it until another is clearly higher."""

    _chosen_id = 0

    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:
        if not tracks:
            return []

        def score(track: FaceTrack) -> float:
            bonus = SWITCH_FACTOR if track.track_id == self._chosen_id else 1
            return self._score(track, shape) * bonus

        chosen = max(tracks, key=score)
        self._chosen_id = chosen.track_id
        return [chosen]

    @abstractmethod
    def _score(self, track: FaceTrack, shape: tuple[int, ...]) -> float:
        """A number above 0; the highest wins."""


class LargestFaceChooser(SingleFaceChooser):
    """Chooses the largest face: the person nearest to the camera."""

    def _score(self, track: FaceTrack, shape: tuple[int, ...]) -> float:  # noqa: ARG002
        return float(area(track.box))


class CentralFaceChooser(SingleFaceChooser):
    """Chooses the face nearest to the centre of the picture."""

    def _score(self, track: FaceTrack, shape: tuple[int, ...]) -> float:
        distance = math.dist(centre(track.box), (shape[1] / 2, shape[0] / 2))
        # Halves with a distance of one face width, so it does not depend on the resolution.
        return 1 / (1 + distance / track.box[2])


class HouseholdChooser(FaceChooser):
    """Chooses all faces; their mean mood counts."""

    def choose(self, tracks: Sequence[FaceTrack], shape: tuple[int, ...]) -> list[FaceTrack]:  # noqa: ARG002
        return list(tracks)


FACE_CHOOSERS: dict[str, type[FaceChooser]] = {
    "largest": LargestFaceChooser,
    "center": CentralFaceChooser,
    "household": HouseholdChooser,
}
