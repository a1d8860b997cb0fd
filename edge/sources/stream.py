"""A network camera: RTSP, or MJPEG and video over HTTP."""

from __future__ import annotations

import re
import time

import cv2

from edge.frame import Frame
from edge.sources.capture import GreyCapture
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError
from moodpi.redaction import without_password

URL = re.compile(r"(https?|rtsps?)://.", re.IGNORECASE)


class StreamSource(SourceKind):
    """Frames of a network stream.

    A video file on a web server has a normal end. For a camera, a stream that is closed, damaged or
    stalled is an error, after which it is reopened.
    """

    live = True
    _capture: GreyCapture | None = None

    @classmethod
    def recognises(cls, text: str) -> bool:
        return URL.match(text) is not None

    def open(self) -> None:
        start = time.monotonic()
        # Without these timeouts FFmpeg blocks for half a minute on a dead stream.
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
            raise self._failure(time.monotonic() - start)
        # FFmpeg reads a file's frame count from its header; for a camera it is negative.
        self._finite = self._text.lower().startswith("http") and (
            self._capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0
        )
        self._index = 0

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("the source is not open")
        start = time.monotonic()
        grey = self._capture.read()
        now = time.monotonic()
        if grey is None and now - start >= self._settings.read_timeout:
            raise MoodpiError(
                f"the stream {without_password(self._text)} stalled: "
                f"no frame for {self._settings.read_timeout:g} s",
                code="stream_stalled",
            )
        if grey is None and self._finite and self._index > 0:
            return None
        if grey is None:
            raise MoodpiError(
                f"the stream {without_password(self._text)} ended: "
                "check that the camera is on and reachable",
                code="stream_ended",
            )
        self._index += 1
        return Frame(grey, now, self._index - 1)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def _failure(self, waited: float) -> MoodpiError:
        """The error of a stream that did not open; waited: after how many seconds."""
        timeout = self._settings.open_timeout
        why = f"no answer within {timeout:g} s" if waited >= timeout else "refused, or no video"
        return MoodpiError(
            f"no video stream at {without_password(self._text)} ({why}): "
            "check that the camera is on and the URL is right",
            code="stream_timeout" if waited >= timeout else "no_stream",
        )
