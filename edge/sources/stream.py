"""A network camera that FFmpeg reads: RTSP, or video over HTTP."""

from __future__ import annotations

import re
import time

import cv2

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources.capture import GreyCapture
from edge.sources.repeated_picture import RepeatedPictureDetector
from edge.sources.source import SourceKind
from edge.sources.video import MIN_COMPLETE_SHARE
from moodpi.addresses import parse_url
from moodpi.errors import MoodpiError, UsageError
from moodpi.redaction import without_password

RTSP = ("rtsp", "rtsps")
URL = re.compile(r"rtsps?://.", re.IGNORECASE)
# FFmpeg cuts encoded credentials of RTSP at this length (libavformat/rtsp.c).
MAX_CREDENTIALS_LENGTH = 127


class StreamSource(SourceKind):
    """Frames of a network stream.

    A video file on a web server has a normal end. For a camera, a stream that is closed, damaged or
    stalled is an error, after which it is reopened. So is one that repeats a picture because its
    size has changed, which OpenCV up to 4.12 does not follow.
    """

    live = True
    _capture: GreyCapture | None = None

    def __init__(self, text: str, settings: SourceSettings) -> None:
        super().__init__(text, settings)
        self._url = parse_url(text)
        self._shown = without_password(text)
        scheme, _, rest = self._url.with_credentials().partition("://")
        credentials, at, _ = rest.partition("@")
        if scheme in RTSP and at and len(credentials) > MAX_CREDENTIALS_LENGTH:
            raise UsageError(
                f"{self._shown}: the user name and the password are too long: expected at most "
                f"{MAX_CREDENTIALS_LENGTH} characters, encoded",
                code="invalid_address",
            )

    @classmethod
    def recognizes(cls, text: str) -> bool:
        return URL.match(text) is not None

    def open(self) -> None:
        start = time.monotonic()
        # Without these timeouts FFmpeg blocks for half a minute on a dead stream.
        self._capture = GreyCapture(
            self._url.with_credentials(),
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
        self._frame_count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._repeated = RepeatedPictureDetector()
        self._index = 0

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("the source is not open")
        start = time.monotonic()
        grey = self._capture.read()
        now = time.monotonic()
        if grey is None:
            self._check_end(now - start)
            return None
        is_key_frame = self._capture.get(cv2.CAP_PROP_FRAME_TYPE) == ord("I")
        if self._repeated.has_changed_size(grey, now, is_key_frame=is_key_frame):
            raise MoodpiError(
                f"the stream {self._shown} repeats one picture, as after a change of its size",
                code="stream_repeats",
            )
        self._index += 1
        return Frame(grey, now, self._index - 1)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def _check_end(self, waited: float) -> None:
        """Raise MoodpiError unless a file has come to its end. waited: for a frame, in seconds."""
        if waited >= self._settings.read_timeout:
            raise MoodpiError(
                f"the stream {self._shown} stalled: no frame for {self._settings.read_timeout:g} s",
                code="stream_stalled",
            )
        is_file = self._url.scheme not in RTSP and self._frame_count > 0
        if not is_file or self._index < self._frame_count * MIN_COMPLETE_SHARE - 1:
            raise MoodpiError(
                f"the stream {self._shown} ended: check that the camera is on and reachable",
                code="stream_ended",
            )

    def _failure(self, waited: float) -> MoodpiError:
        """The error of a stream that did not open; waited: after how many seconds."""
        timeout = self._settings.open_timeout
        why = f"no answer within {timeout:g} s" if waited >= timeout else "refused, or no video"
        return MoodpiError(
            f"no video stream at {self._shown} ({why}): check that the camera is on and that "
            "the URL, the user name and the password are right",
            code="stream_timeout" if waited >= timeout else "no_stream",
        )
