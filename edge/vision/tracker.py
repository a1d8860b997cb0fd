"""Faces followed from frame to frame: each is looked for around where it was, at about its size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box, area, distance
from edge.vision.detector import HaarFaceDetector

# How often the whole picture is searched while no face is, or one just went missing, in seconds.
SEARCH = 0.25
# A face not seen for so long is gone; until then it is looked for where it was, in seconds.
HOLD = 1.0
# Heads lean: how far the picture is turned to find them, in degrees, in the order tried.
TILTS = (0.0, 25.0, -25.0)
# The whole picture is mostly searched for upright ones.
SCAN_TILTS = (0.0, 25.0, 0.0, -25.0)
# How far a head goes in a second, in its own widths, and the least and most that is looked around.
PACE = 4.0
REACH = (0.4, 1.2)


@dataclass(frozen=True)
class FaceTrack:
    """A face that is followed.

    number: tells it from others. box, tilt: where it was seen last, and how it leaned (see
    HaarFaceDetector). since, seen: when first and last, seconds on the source's clock. looks,
    sightings: how often it was looked for, and how often found.
    """

    number: int
    box: Box
    tilt: float
    since: float
    seen: float
    looks: int = 1
    sightings: int = 1


class FaceTracker:
    """Finds the faces of one frame after the other; rescan: seconds between full scans, at most."""

    def __init__(self, detector: HaarFaceDetector, rescan: float) -> None:
        self._detector = detector
        self._rescan = rescan
        self._tracks: list[FaceTrack] = []
        self._numbers = 0
        self._scans = 0
        self._last_scan: float | None = None
        self._time = 0.0

    @property
    def tracks(self) -> list[FaceTrack]:
        """All that are followed, those out of sight since less than HOLD too."""
        return list(self._tracks)

    @property
    def in_sight(self) -> list[FaceTrack]:
        """Those seen in the frame that was last searched."""
        return [track for track in self._tracks if track.seen == self._time]

    def due(self, time: float) -> bool:
        """Whether there is anything to search for at `time`: a face to follow or a full scan."""
        return bool(self._tracks) or self._scan_due(time)

    def find(self, grey: NDArray[np.uint8], time: float) -> bool:
        """Search a uint8 picture [h, w]; whether all of it was searched."""
        if time < self._time:  # the source's clock began anew
            self._tracks, self._scans, self._last_scan = [], 0, None
        self._time = time
        self._tracks = _distinct(
            [
                track
                for track in (self._follow(grey, track) for track in self._tracks)
                if time - track.seen < HOLD
            ]
        )
        if not self._scan_due(time):
            return False
        self._last_scan = time
        self._scan(grey)
        return True

    def _scan_due(self, time: float) -> bool:
        content = self._tracks and len(self.in_sight) == len(self._tracks)
        wait = self._rescan if content else SEARCH
        return self._last_scan is None or not 0 <= time - self._last_scan < wait

    def _follow(self, grey: NDArray[np.uint8], track: FaceTrack) -> FaceTrack:
        least, most = REACH
        reach = min(most, max(least, PACE * (self._time - track.seen)))
        for tilt in sorted(TILTS, key=lambda tilt: abs(tilt - track.tilt)):
            box = self._detector.detect_near(grey, track.box, reach, tilt)
            if box:
                return self._seen(track, box, tilt)
        return replace(track, looks=track.looks + 1)

    def _seen(self, track: FaceTrack, box: Box, tilt: float) -> FaceTrack:
        return replace(
            track,
            box=box,
            tilt=tilt,
            seen=self._time,
            looks=track.looks + 1,
            sightings=track.sightings + 1,
        )

    def _scan(self, grey: NDArray[np.uint8]) -> None:
        """Search everywhere; faces that are followed already are left to that."""
        self._scans = 0 if self.in_sight else self._scans
        tilt = SCAN_TILTS[self._scans % len(SCAN_TILTS)]
        self._scans += 1
        for box in self._detector.detect(grey, tilt):
            near = [track for track in self._tracks if _same(track.box, box)]
            if not near:
                self._numbers += 1
                self._tracks.append(FaceTrack(self._numbers, box, tilt, self._time, self._time))
            for track in near:
                if track.seen < self._time:
                    self._tracks[self._tracks.index(track)] = self._seen(track, box, tilt)


def _same(one: Box, other: Box) -> bool:
    """Whether two boxes are of one face: two heads cannot be so near each other."""
    return distance(one, other) < 0.5 * max(one[2], other[2])


def _distinct(tracks: list[FaceTrack]) -> list[FaceTrack]:
    """One track a face: where two have met, the one seen last, then the larger, goes on."""
    kept: list[FaceTrack] = []
    for track in sorted(tracks, key=lambda track: (-track.seen, -area(track.box))):
        if not any(_same(track.box, other.box) for other in kept):
            kept.append(track)
    return kept
