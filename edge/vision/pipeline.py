"""What `moodpi run` sees in each frame: the faces that count, and what they show together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.face_choice import FACE_CHOICES
from edge.vision.face_reader import FaceReading, read_face
from edge.vision.motion import MotionGate
from edge.vision.presence import Presence
from edge.vision.tracker import FaceTracker

WAYS = SCANNED, TRACKED, SKIPPED = "scanned", "tracked", "skipped"


@dataclass(frozen=True, eq=False)
class FrameAnalysis:
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


class FramePipeline:
    """Looks at one frame after the other, and as little at each as will do."""

    def __init__(self, classifier: EmotionClassifier, settings: FacesSettings) -> None:
        self._classifier = classifier
        self._tracker = FaceTracker(
            HaarFaceDetector(
                settings.longest_side, settings.min_face_size, settings.min_neighbours
            ),
            settings.rescan,
        )
        self._gate = MotionGate()
        self._presence = Presence(settings.persistence)
        self._choice = FACE_CHOICES[settings.choose]()
        self._last = FrameAnalysis((), SKIPPED)
        self._settled = True

    def look(self, frame: Frame) -> FrameAnalysis:
        """What the frame shows; where nothing has moved, what the one before did."""
        grey, time = frame.grey, frame.time
        moved = self._gate.open(grey, time)
        if self._settled and not (moved and self._tracker.due(time)):
            return FrameAnalysis(self._last.faces, SKIPPED)
        way = SCANNED if self._tracker.find(grey, time) else TRACKED
        present = self._presence.confirm(self._tracker.tracks)
        # Whoever has not lasted long enough to count, or is out of sight, is waited for.
        in_sight = [track for track in present if track in self._tracker.in_sight]
        self._settled = len(in_sight) == len(self._tracker.tracks)
        self._gate.looked(grey, time, [track.box for track in in_sight])
        chosen = self._choice.choose(in_sight, grey.shape)
        faces = [read_face(self._classifier, grey, one.box, one.tilt) for one in chosen]
        self._last = FrameAnalysis(tuple(faces), way)
        return self._last
