"""A camera on the network: RTSP, or MJPEG and video over HTTP."""

from __future__ import annotations

import logging
import re
import time

import cv2

from edge.frames import Frame
from edge.sources.capture import GreyCapture
from edge.sources.source import SourceKind
from edge.urls import without_password
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


class StreamSource(SourceKind):
    """Frames of a network stream, on a clock that starts when it is opened.

    A stream that its server ends is a normal end; one that falls silent is an error.
    """

    live = True
    _capture: GreyCapture | None = None

    @classmethod
    def recognises(cls, text: str) -> bool:
        return re.match(r"(https?|rtsps?)://.", text, re.IGNORECASE) is not None

    def open(self) -> None:
        # Without the two time-outs FFmpeg blocks for half a minute on a dead stream.
        self._capture = GreyCapture(
            self._text,
            cv2.CAP_FFMPEG,
            (
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                round(self._settings.open_timeout * 1000),
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                round(self._settings.read_timeout * 1000),
            ),
        )
        if not self._capture.opened:
            raise MoodpiError(
                f"no video stream at {without_password(self._text)} within "
                f"{self._settings.open_timeout:g} s: check that the camera is on and the URL right"
            )
        self._started = time.monotonic()
        self._index = 0

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("read of a source that is not open")
        asked = time.monotonic()
        grey = self._capture.read()
        now = time.monotonic()
        if grey is None and now - asked >= self._settings.read_timeout:
            raise MoodpiError(
                f"the stream {without_password(self._text)} fell silent: "
                f"no frame for {self._settings.read_timeout:g} s"
            )
        if grey is None:
            log.info("the stream %s ended", without_password(self._text))
            return None
        self._index += 1
        return Frame(grey, now - self._started, self._index - 1)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
