"""What `moodpi run` sees in each frame: the faces that count, and what they show together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.face_reader import FaceReader, FaceReading
from edge.frames import Frame

SCANNED, TRACKED, SKIPPED = "scanned", "tracked", "skipped"


@dataclass(frozen=True, eq=False)
class Look:
    """One frame as the eyes saw it.

    faces: those that count, what each shows. way: how it was looked at: SCANNED all over, TRACKED
    around where the faces were, or SKIPPED, for nothing had moved and the look before stands.
    """

    faces: tuple[FaceReading, ...]
    way: str

    @property
    def probabilities(self) -> NDArray[np.float32] | None:
        """The mean over the faces, float32 [7]; None without a face."""
        if not self.faces:
            return None
        return np.mean([face.probabilities for face in self.faces], axis=0, dtype=np.float32)


class Eyes:
    """Looks at one frame after the other."""

    def __init__(self, reader: FaceReader) -> None:
        self._reader = reader

    def look(self, frame: Frame) -> Look:
        """What the frame shows."""
        face = self._reader.read_largest(frame.grey)
        return Look((face,) if face else (), SCANNED)
