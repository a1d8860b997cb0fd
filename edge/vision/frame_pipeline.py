"""The steps from a frame to its classified faces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import FacesSettings
from edge.frame import Frame
from edge.vision.boxes import Box
from edge.vision.classified_face import ClassifiedFace, classify_face
from edge.vision.classifier import FaceClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.face_chooser import FACE_CHOOSERS
from edge.vision.look_pacing import LookPacing
from edge.vision.look_weight import household_weight
from edge.vision.mirror import MirroredClassifier
from edge.vision.motion import MotionDetector
from edge.vision.picture_filter import PictureFilter
from edge.vision.presence_filter import PresenceFilter
from edge.vision.tracker import FaceTracker

# Half of the sizes that photos are searched for. The default of min_neighbours allows for the fewer
# hits: as many faces are found, and no more false ones (python -m tests.studies.face_scans).
SCAN_SCALE_FACTOR = 1.2


class ScanMode(Enum):
    """How much of a frame was searched for faces. The values are the counters' names in JSON."""

    FULL_SCAN = "scanned"
    """The whole picture."""
    TRACKED = "tracked"
    """The surroundings of the known faces."""
    SKIPPED = "skipped"
    """Nothing: the previous analysis still applies, as it is recent or nothing has moved."""


@dataclass(frozen=True, eq=False)
class FrameAnalysis:
    """What one frame shows.

    Attributes:
        faces: The chosen faces, each with its probabilities.
        scan_mode: How the frame was searched.
        visible: How many people's faces were visible, chosen or not.
        found_pictures: As PictureFilter.found.
    """

    faces: tuple[ClassifiedFace, ...]
    scan_mode: ScanMode
    visible: int = 0
    found_pictures: tuple[Box, ...] = ()

    @property
    def probabilities(self) -> NDArray[np.float32] | None:
        """The mean over the faces, float32 [7], weighted by how sure each is; None without one."""
        if not self.faces:
            return None
        looks = [face.probabilities for face in self.faces]
        mean = np.average(looks, axis=0, weights=[household_weight(look) for look in looks])
        return mean.astype(np.float32)


class FramePipeline:
    """Analyses successive frames, each with the least work that its changes need.

    The faces of every other classified frame are mirrored: the mood averages over frames, and the
    average over a face and its mirror image is more accurate.
    """

    def __init__(self, classifier: FaceClassifier, settings: FacesSettings) -> None:
        self._classifiers = cycle((classifier, MirroredClassifier(classifier)))
        self._tracker = FaceTracker(
            HaarFaceDetector(
                settings.longest_side,
                settings.min_face_size,
                settings.min_neighbours,
                SCAN_SCALE_FACTOR,
            ),
            settings.rescan,
        )
        self._motion = MotionDetector()
        self._pacing = LookPacing()
        self._presence = PresenceFilter(settings.persistence)
        self._pictures = PictureFilter()
        self._chooser = FACE_CHOOSERS[settings.choose]()
        self._previous = FrameAnalysis((), ScanMode.SKIPPED)
        self._settled = True

    def analyse(self, frame: Frame) -> FrameAnalysis:
        """The faces of the frame; those of the previous one if no look is due."""
        grey, time = frame.grey, frame.time
        if not self._look_due(grey, time):
            return replace(self._previous, scan_mode=ScanMode.SKIPPED, found_pictures=())
        full_scan = self._tracker.update(grey, time)
        confirmed = self._presence.confirm(self._tracker.tracks)
        visible = [track for track in confirmed if track in self._tracker.visible]
        self._settled = len(visible) == len(self._tracker.tracks)
        self._motion.set_reference(grey, time, [track.box for track in visible])
        people = self._pictures.people(confirmed, grey, time)
        chosen = self._chooser.choose(people, grey.shape, time)
        classifier = next(self._classifiers)
        faces = [classify_face(classifier, grey, face.box, face.roll) for face in chosen]
        mode = ScanMode.FULL_SCAN if full_scan else ScanMode.TRACKED
        self._pacing.looked([face.emotion for face in faces], time, settled=self._settled)
        self._previous = FrameAnalysis(
            tuple(faces),
            mode,
            visible=sum(track in visible for track in people),
            found_pictures=tuple(self._pictures.found),
        )
        return self._previous

    def _look_due(self, grey: NDArray[np.uint8], time: float) -> bool:
        if not self._pacing.look_due(time):
            return False
        # A face that is unconfirmed or missing is searched for also where nothing moves.
        motion = self._motion.analysis_due(grey, time)
        return not self._settled or (motion and self._tracker.update_due(time))
