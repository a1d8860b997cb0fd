"""A video file, every frame of it, on the clock of its own timestamps."""

from __future__ import annotations

import logging
import math
import stat
from pathlib import Path

import cv2

from edge.frame import Frame
from edge.sources.capture import GreyCapture
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

USUAL_RATE = 25.0
FASTEST_RATE = 1000.0
# A header often promises a frame or two more than there are; fewer than this share is a cut.
WHOLE_SHARE = 0.98


class VideoSource(SourceKind):
    """Frames of a file; one that is cut off ends after its last readable frame, with a log line."""

    live = False
    _capture: GreyCapture | None = None

    @classmethod
    def recognises(cls, text: str) -> bool:
        return text != "" and Path(text).exists()

    def open(self) -> None:
        _check_file(self._text)
        self._capture = GreyCapture(self._text, cv2.CAP_FFMPEG)
        if not self._capture.opened:
            raise MoodpiError(
                f"{self._text} cannot be read as a video: expected a complete file "
                "that FFmpeg plays, such as .mp4, .mkv or .avi"
            )
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._step = 1 / (rate if 0 < rate <= FASTEST_RATE else USUAL_RATE)
        self._promised = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self._index = 0
        self._time = -self._step

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("read of a source that is not open")
        grey = self._capture.read()
        if grey is None:
            self._check_end()
            return None
        self._time = self._stamp(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        frame = Frame(grey, self._time, self._index)
        self._index += 1
        return frame

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    def _stamp(self, stamp: float) -> float:
        """The media's timestamp where it moves forward, else one frame's length further."""
        return stamp if math.isfinite(stamp) and stamp > self._time else self._time + self._step

    def _check_end(self) -> None:
        if self._index == 0:
            raise MoodpiError(
                f"{self._text} gave no frame: it holds no video, or is damaged from the start"
            )
        if self._index < self._promised * WHOLE_SHARE - 1:
            log.warning(
                "%s ends early: %d of %d frames could be read",
                self._text,
                self._index,
                self._promised,
            )


def _check_file(text: str) -> None:
    """Refuse what would be waited for without end: FFmpeg has no time-out for a named pipe."""
    try:
        mode = Path(text).stat().st_mode
    except OSError as error:
        raise MoodpiError(f"cannot read {text}: {error.strerror}") from error
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        raise MoodpiError(
            f"{text} is a named pipe or a socket: expected a video file, "
            "for it must be possible to read it from its beginning"
        )
