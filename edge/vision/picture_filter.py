"""Faces in pictures: portraits on the wall, posters, photos on a shelf.

A picture does not move at all. A person does, even asleep: the head moves with every breath.
`python -m tests.studies.still_faces` measures how little movement is enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, same_head
from edge.vision.patch_shift import PatchChange, PatchReference
from edge.vision.room_motion import RoomMotion
from edge.vision.tracker import FaceTrack

# Seconds between two measurements of the faces.
INTERVAL = 1.0
# A face that has not moved for this long is a picture, in seconds and measurements, if the room
# has moved in so many of them.
STILL_TIME, MIN_MEASUREMENTS, MIN_ROOM_MOTIONS = 180.0, 100, 3
# A face that is farther from its reference, in shares of its width, has moved.
MAX_SHIFT = 0.004
# The root mean square of a picture's shifts stays below this, in shares of its width. It is 0.13 mm
# for a face of 150 mm: a movement of 0.4 mm from one end to the other.
STILL_SHIFT = 0.0009
# A patch with a higher mismatch to its reference shows something else.
MAX_MISMATCH = 0.25
# A face is measured further if it is missing for less than this, in seconds, and also if another
# is in its place, if it was measured so often before.
KEEP_TIME, ESTABLISHED = 60.0, 20
# The most pictures that are remembered, and the most faces that may become one.
MAX_PICTURES = 16


@dataclass(eq=False)
class _StillFace:
    """A face that has not moved.

    Attributes:
        reference: How it looked at first.
        since, last: When it was first and last measured, in seconds on the source's clock.
        shifts: The measurements, in shares of its width.
        room_motions: In how many of them the room moved.
    """

    reference: PatchReference
    since: float
    last: float
    shifts: list[tuple[float, float]] = field(default_factory=list)
    room_motions: int = 0

    def rms(self) -> float:
        """The root mean square of the shifts around their mean."""
        return math.sqrt(float(np.var(np.array(self.shifts), axis=0).sum()))


class PictureFilter:
    """Removes the faces of pictures from the tracked ones.

    Attributes:
        found: The boxes of the pictures that the last `people` found for the first time.
    """

    def __init__(self) -> None:
        self.found: list[Box] = []
        self._pictures: list[PatchReference] = []
        self._still: list[_StillFace] = []
        self._room = RoomMotion()
        self._is_picture: dict[int, bool] = {}
        self._shape: tuple[int, ...] = ()
        self._measured = -math.inf

    def people(
        self, tracks: Sequence[FaceTrack], grey: NDArray[np.uint8], time: float
    ) -> list[FaceTrack]:
        """The tracks that are of people.

        Args:
            tracks: The tracked faces, with those that are missing for a moment.
            grey: The picture, uint8 [h, w].
            time: When it was taken, in seconds on the source's clock.
        """
        self.found = []
        new = any(track.track_id not in self._is_picture for track in tracks)
        if tracks and (new or not 0 <= time - self._measured < INTERVAL):
            self._measure(tracks, grey, time)
        return [track for track in tracks if not self._is_picture.get(track.track_id)]

    def _measure(self, tracks: Sequence[FaceTrack], grey: NDArray[np.uint8], time: float) -> None:
        if grey.shape != self._shape or time < self._measured:
            # References are places in pictures of one size; another source, or the same from its
            # beginning, is another room.
            self._pictures, self._still, self._shape = [], [], grey.shape
        self._measured = time
        self._still = [face for face in self._still if time - face.last < KEEP_TIME]
        moved = self._room.moved(grey, self._motionless_boxes())
        previous, self._is_picture = self._is_picture, {}
        for track in tracks:
            if track.last_seen < time:
                is_picture = previous.get(track.track_id, False)
            elif any(_shows(picture, track.box, grey) for picture in self._pictures):
                is_picture = True
            else:
                face = self._still_face(track.box, grey, time)
                face.room_motions += moved
                is_picture = self._has_become_picture(face, time)
            self._is_picture[track.track_id] = is_picture

    def _motionless_boxes(self) -> list[Box]:
        still = [face.reference.box for face in self._still if face.shifts]
        return still + [picture.box for picture in self._pictures]

    def _still_face(self, box: Box, grey: NDArray[np.uint8], time: float) -> _StillFace:
        """The still face at a box with another measurement, or a new one if it has moved."""
        here = [face for face in self._still if same_head(face.reference.box, box)]
        for face in here:
            change = face.reference.change(grey)
            if _is_unchanged(change):
                face.shifts.append(change.shift)
                face.last = time
                return face
        # Somebody can stand in front of a picture for a moment: it is kept. What has been still
        # for only a few measurements was no picture.
        self._still = [f for f in self._still if f not in here or len(f.shifts) >= ESTABLISHED]
        new = _StillFace(PatchReference(grey, box), time, time)
        self._still = [*self._still, new][-MAX_PICTURES:]
        return new

    def _has_become_picture(self, face: _StillFace, time: float) -> bool:
        """Whether a face has been still for long enough in a room that moved."""
        if time - face.since < STILL_TIME or len(face.shifts) < MIN_MEASUREMENTS:
            return False
        if face.rms() > STILL_SHIFT:
            # It breathes. The next measurements decide again.
            face.since, face.room_motions = time, 0
            face.shifts.clear()
            return False
        # A room without motion decides later; older measurements are not needed then.
        del face.shifts[:-MIN_MEASUREMENTS]
        if face.room_motions < MIN_ROOM_MOTIONS:
            return False
        box = face.reference.box
        if not any(same_head(picture.box, box) for picture in self._pictures):
            self.found.append(box)
        self._still.remove(face)
        self._pictures = [*self._pictures, face.reference][-MAX_PICTURES:]
        return True


def _shows(picture: PatchReference, box: Box, grey: NDArray[np.uint8]) -> bool:
    """Whether the face at a box is that of the picture, and nobody in front of it."""
    return same_head(picture.box, box) and _is_unchanged(picture.change(grey))


def _is_unchanged(change: PatchChange) -> bool:
    """Whether a patch shows what its reference shows, in the same place."""
    return change.mismatch <= MAX_MISMATCH and math.hypot(*change.shift) <= MAX_SHIFT
