"""Answers `look`: what is wrong with the view of the daemon's camera."""

from __future__ import annotations

import threading
import time

from edge.config.settings import FacesSettings, SourceSettings
from edge.daemon.frame_tap import FrameTap
from edge.daemon.status import Answer, Request
from edge.sources import FrameSource
from edge.vision.view_check import ViewCheck
from moodpi.errors import MoodpiError

# The longest time to wait for a frame, in seconds.
FRAME_TIMEOUT = 2.0
# A judgement that is younger is the answer to another client too, in seconds. However many ask,
# the main loop keeps most of a processor.
REPEAT_TIME = 0.7


class CameraCheck:
    """Judges the newest frame in the thread of the client, so that the main loop goes on.

    faces: The settings to judge by. Another thread can replace them at any time.
    """

    def __init__(
        self,
        tap: FrameTap,
        source: FrameSource,
        faces: FacesSettings,
        source_settings: SourceSettings,
    ) -> None:
        self.faces = faces
        self._tap = tap
        self._source = source
        self._source_settings = source_settings
        self._lock = threading.Lock()
        self._check: ViewCheck | None = None
        self._check_faces = faces
        self._answer: Answer = {}
        # Why there is no picture, or empty.
        self._reason = ""
        self._judged_at = -REPEAT_TIME

    def answer(self, _request: Request) -> Answer:
        """The document of edge.vision.view_check.View with `time`, in seconds since 1970.

        Raises MoodpiError without a frame (code `no_picture`).
        """
        with self._lock:
            if time.monotonic() - self._judged_at >= REPEAT_TIME:
                self._judge()
                self._judged_at = time.monotonic()
            if self._reason:
                raise MoodpiError(self._reason, code="no_picture")
            return self._answer

    def _judge(self) -> None:
        frame = self._tap.take(FRAME_TIMEOUT)
        if frame is None:
            nothing = f"no picture from the camera for {FRAME_TIMEOUT:.0f} s"
            self._reason = self._source.error or nothing
            return
        faces = self.faces
        if self._check is None or self._check_faces != faces:
            # Loaded at the first use: most runs never need it.
            self._check = ViewCheck(faces, self._source_settings)
            self._check_faces = faces
        view = self._check.check(frame.grey, frame.faces)
        self._answer = {"time": round(time.time(), 3), **view.to_json()}
        self._reason = ""
