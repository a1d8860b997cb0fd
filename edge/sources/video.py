"""A video file: every frame, with the timestamps of the media."""

from __future__ import annotations

import logging
import math
import stat
from pathlib import Path

import cv2
import numpy as np

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources.capture import GreyCapture
from edge.sources.display_matrix import is_mirrored
from edge.sources.source import SourceKind
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.files import descriptor_name, open_file

log = logging.getLogger(__name__)

DEFAULT_FRAME_RATE = 25.0
MAX_FRAME_RATE = 1000.0
QUARTER_TURNS = (90, 270)
# Headers often state a few frames too many. A file with less than this share is truncated.
MIN_COMPLETE_SHARE = 0.98


class VideoSource(SourceKind):
    """Frames of a file. A truncated file ends with a warning after its last readable frame."""

    live = False
    _capture: GreyCapture | None = None

    def __init__(self, text: str, settings: SourceSettings) -> None:
        super().__init__(text, settings)
        self._warnings = LogOnce(log)

    @classmethod
    def recognizes(cls, text: str) -> bool:
        return text != "" and Path(text).exists()

    def open(self) -> None:
        _check_file(self._text)
        with descriptor_name(Path(self._text)) as name:
            self._capture = GreyCapture(name, cv2.CAP_FFMPEG)
            with open_file(Path(name)) as film:
                mirrored = is_mirrored(film)
        if not self._capture.opened:
            raise MoodpiError(
                f"{self._text} cannot be read as a video: expected a complete file "
                "that FFmpeg can read, such as .mp4, .mkv or .avi",
                code="not_a_video",
            )
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        # A matrix that mirrors is a vertical flip, then the turn that OpenCV makes: the same as the
        # turn first, and then a horizontal flip if it was a quarter turn, else a vertical one.
        quarter_turned = self._capture.get(cv2.CAP_PROP_ORIENTATION_META) in QUARTER_TURNS
        self._flipped_axes = (int(quarter_turned),) if mirrored else ()
        self._step = 1 / (rate if 0 < rate <= MAX_FRAME_RATE else DEFAULT_FRAME_RATE)
        self._frame_count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._index = 0
        self._time = -self._step

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("the source is not open")
        grey = self._capture.read()
        if grey is None:
            self._check_end()
            return None
        self._time = self._next_time(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        frame = Frame(np.flip(grey, self._flipped_axes), self._time, self._index)
        self._index += 1
        return frame

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def _next_time(self, timestamp: float) -> float:
        """The media's timestamp if it increases, else the previous time plus a frame's duration."""
        valid = math.isfinite(timestamp) and timestamp > self._time
        return timestamp if valid else self._time + self._step

    def _check_end(self) -> None:
        if self._index == 0:
            raise MoodpiError(
                f"{self._text} has no readable frame: it has no video, or its beginning is damaged",
                code="not_a_video",
            )
        if self._index < self._frame_count * MIN_COMPLETE_SHARE - 1:
            self._warnings.warning(
                "%s is truncated: %d of %d frames were read",
                self._text,
                self._index,
                self._frame_count,
            )


def _check_file(text: str) -> None:
    """Refuse named pipes and sockets: FFmpeg has no timeout for them."""
    try:
        mode = Path(text).stat().st_mode
    except OSError as error:
        raise MoodpiError(
            f"cannot read {text}: {error.strerror}", code="unreadable_file"
        ) from error
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        raise MoodpiError(
            f"{text} is a named pipe or a socket: expected a video file", code="not_a_file"
        )
