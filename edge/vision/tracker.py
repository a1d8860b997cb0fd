"""Face tracking from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area, same_head
from edge.vision.detector import HaarFaceDetector

# Seconds between full scans while no face is tracked, or while one is missing.
SCAN_INTERVAL = 0.25
# A face that is not detected for this many seconds is lost. Until then the tracker searches for it
# near its last position.
LOST_TIMEOUT = 1.0
# Head rolls that the local search tries, in degrees.
ROLL_ANGLES = (0.0, 25.0, -25.0)
# Head rolls of successive full scans; most heads are upright.
SCAN_ROLL_ANGLES = (0.0, 25.0, 0.0, -25.0)
# The fastest head movement, in face widths a second, and the limits of the searched border that
# follows from it, in face widths.
MAX_HEAD_SPEED = 4.0
MIN_MARGIN, MAX_MARGIN = 0.4, 1.2


@dataclass(frozen=True)
class FaceTrack:
    """A tracked face. Times are seconds on the source's clock.

    Attributes:
        track_id: Distinguishes it from the other faces of this tracker.
        box: Where it was last detected.
        roll: The head's in-plane rotation at that time, as in HaarFaceDetector.
        first_seen, last_seen: When it was first and last detected.
        searches, detections: How often it was searched for and how often detected.

    """

    track_id: int
    box: Box
    roll: float
    first_seen: float
    last_seen: float
    searches: int = 1
    detections: int = 1


class FaceTracker:
    """Tracks faces with local searches and occasional full scans.

    rescan: seconds between full scans while every tracked face is visible.
    """

    def __init__(self, detector: HaarFaceDetector, rescan: float) -> None:
        self._detector = detector
        self._rescan = rescan
        self._tracks: list[FaceTrack] = []
        self._last_id = 0
        self._scans = 0
        self._last_scan: float | None = None
        self._time = 0.0

    @property
    def tracks(self) -> list[FaceTrack]:
        """All tracked faces, with those that are missing for less than LOST_TIMEOUT."""
        return list(self._tracks)

    @property
    def visible(self) -> list[FaceTrack]:
        """The faces that the last update detected."""
        return [track for track in self._tracks if track.last_seen == self._time]

    def update_due(self, time: float) -> bool:
        """Whether an update at `time` would search: for a tracked face or with a full scan."""
        return bool(self._tracks) or self._scan_due(time)

    def update(self, grey: NDArray[np.uint8], time: float) -> bool:
        """Search a picture uint8 [h, w]; return whether this was a full scan."""
        if time < self._time:  # The source has restarted.
            self._tracks, self._scans, self._last_scan = [], 0, None
        self._time = time
        tracks = (self._search_near(grey, track) for track in self._tracks)
        self._tracks = _without_duplicates(
            [track for track in tracks if time - track.last_seen < LOST_TIMEOUT]
        )
        if not self._scan_due(time):
            return False
        self._last_scan = time
        self._scan(grey)
        return True

    def _scan_due(self, time: float) -> bool:
        all_visible = self._tracks and len(self.visible) == len(self._tracks)
        interval = self._rescan if all_visible else SCAN_INTERVAL
        return self._last_scan is None or not 0 <= time - self._last_scan < interval

    def _search_near(self, grey: NDArray[np.uint8], track: FaceTrack) -> FaceTrack:
        distance_moved = MAX_HEAD_SPEED * (self._time - track.last_seen)
        margin = min(MAX_MARGIN, max(MIN_MARGIN, distance_moved))
        for roll in sorted(ROLL_ANGLES, key=lambda angle: abs(angle - track.roll)):
            box = self._detector.detect_near(grey, track.box, margin, roll)
            if box:
                return self._detected(track, box, roll)
        return replace(track, searches=track.searches + 1)

    def _detected(self, track: FaceTrack, box: Box, roll: float) -> FaceTrack:
        return replace(
            track,
            box=box,
            roll=roll,
            last_seen=self._time,
            searches=track.searches + 1,
            detections=track.detections + 1,
        )

    def _scan(self, grey: NDArray[np.uint8]) -> None:
        """Search the whole picture for new faces and for missing ones."""
        self._scans = 0 if self.visible else self._scans
        roll = SCAN_ROLL_ANGLES[self._scans % len(SCAN_ROLL_ANGLES)]
        self._scans += 1
        for box in self._detector.detect(grey, roll):
            matches = [track for track in self._tracks if same_head(track.box, box)]
            if not matches:
                self._last_id += 1
                self._tracks.append(FaceTrack(self._last_id, box, roll, self._time, self._time))
            for track in matches:
                if track.last_seen < self._time:
                    self._tracks[self._tracks.index(track)] = self._detected(track, box, roll)


def _without_duplicates(tracks: list[FaceTrack]) -> list[FaceTrack]:
    """One track for each face: of several, the one detected last, then the largest."""
    unique: list[FaceTrack] = []
    for track in sorted(tracks, key=lambda track: (-track.last_seen, -area(track.box))):
        if not any(same_head(track.box, other.box) for other in unique):
            unique.append(track)
    return unique
