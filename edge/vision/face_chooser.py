"""The choice of the faces whose mood counts."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from edge.vision.boxes import area, centre, distance
from edge.vision.tracker import FaceTrack

# Another face is chosen when its score is higher by SWITCH_FACTOR for SWITCH_TIME in seconds. The
# boxes of the detector vary, and people lean back and forth.
SWITCH_FACTOR, SWITCH_TIME = 2.0, 4.0
# A chosen face that is missing, such as that of a person who looks aside, keeps its place for this
# many seconds. No other face is chosen in that time.
RETURN_TIME = 5.0
# A new face within so many widths of the missing one is of the same person.
RETURN_DISTANCE = 1.5


class FaceChooser(ABC):
    """Chooses among the tracked faces."""

    @abstractmethod
    def choose(
        self, tracks: Sequence[FaceTrack], shape: tuple[int, ...], time: float
    ) -> list[FaceTrack]:
        """The chosen faces of a picture; empty without one.

        Args:
            tracks: The tracked faces, with those that are missing for a moment. A face is visible
                if its `last_seen` is `time`; only visible ones are chosen.
            shape: h and w of the picture.
            time: When it was taken, in seconds on the source's clock.
        """


class SingleFaceChooser(FaceChooser):
    """Chooses the face with the highest score, and keeps it while that person is there.

    It leaves the person for another only if the other's score is clearly higher for a while, or if
    the person is gone.
    """

    def __init__(self) -> None:
        self._chosen: FaceTrack | None = None
        self._clear_since: float | None = None

    def choose(
        self, tracks: Sequence[FaceTrack], shape: tuple[int, ...], time: float
    ) -> list[FaceTrack]:
        visible = [track for track in tracks if track.last_seen == time]
        present = self._find_chosen(tracks, time)
        if present is None or self._clearly_lower(present, visible, shape, time):
            present = max(visible, key=lambda track: self._score(track, shape), default=None)
            self._clear_since = None
        self._chosen = present
        return [present] if present in visible and present is not None else []

    def _find_chosen(self, tracks: Sequence[FaceTrack], time: float) -> FaceTrack | None:
        """The chosen face as it is tracked now, or as it was last seen; None if it is gone."""
        chosen = self._chosen
        if chosen is None or time < chosen.last_seen:  # no choice yet, or the source has restarted
            return None
        for track in tracks:
            if track.track_id == chosen.track_id:
                return track
        new = [track for track in tracks if track.first_seen > chosen.last_seen]
        nearest = min(new, key=lambda track: distance(track.box, chosen.box), default=None)
        if nearest and distance(nearest.box, chosen.box) < RETURN_DISTANCE * chosen.box[2]:
            return nearest
        return chosen if time - chosen.last_seen < RETURN_TIME else None

    def _clearly_lower(
        self,
        present: FaceTrack,
        visible: Sequence[FaceTrack],
        shape: tuple[int, ...],
        time: float,
    ) -> bool:
        """Whether another face has had a clearly higher score for long enough."""
        limit = SWITCH_FACTOR * self._score(present, shape)
        if not any(self._score(track, shape) > limit for track in visible):
            self._clear_since = None
            return False
        if self._clear_since is None:
            self._clear_since = time
        return time - self._clear_since >= SWITCH_TIME

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
        offset = math.dist(centre(track.box), (shape[1] / 2, shape[0] / 2))
        # Halves with a distance of one face width, so it does not depend on the resolution.
        return 1 / (1 + offset / track.box[2])


class HouseholdChooser(FaceChooser):
    """Chooses all faces; their mean mood counts."""

    def choose(
        self,
        tracks: Sequence[FaceTrack],
        shape: tuple[int, ...],  # noqa: ARG002
        time: float,
    ) -> list[FaceTrack]:
        return [track for track in tracks if track.last_seen == time]


FACE_CHOOSERS: dict[str, type[FaceChooser]] = {
    "largest": LargestFaceChooser,
    "center": CentralFaceChooser,
    "household": HouseholdChooser,
}
