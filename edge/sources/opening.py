"""From what a source is called to the source itself."""

from __future__ import annotations

from difflib import get_close_matches

from edge.settings import SourceSettings
from edge.sources.folder import FolderSource
from edge.sources.newest import NewestFrame
from edge.sources.paced import PacedSource
from edge.sources.picamera import PICAMERA2, Picamera2Source
from edge.sources.source import FrameSource, SourceKind
from edge.sources.stream import StreamSource
from edge.sources.v4l2 import V4l2Source
from edge.sources.video import VideoSource
from edge.stop import Stop
from edge.urls import without_password
from moodpi.errors import UsageError

# The first kind that recognises the text wins.
SOURCES: tuple[type[SourceKind], ...] = (
    Picamera2Source,
    V4l2Source,
    StreamSource,
    FolderSource,
    VideoSource,
)
EXPECTED = (
    f"{PICAMERA2}, a camera's number, /dev/video0, an http, https or rtsp URL, "
    "a folder of images or a video file"
)


def open_source(
    text: str,
    settings: SourceSettings | None = None,
    *,
    realtime: bool = False,
    stop: Stop | None = None,
) -> FrameSource:
    """The source that `text` names, not yet entered; UsageError if it names none.

    A live source gives its newest frame only. realtime: a file is read at the pace it was filmed.
    stop: once it is requested, a read that waits ends with None.
    """
    settings = settings or SourceSettings()
    stop = stop or Stop()
    for kind in SOURCES:
        if _recognises(kind, text):
            source = kind(text, settings)
            if source.live:
                return NewestFrame(source, stop)
            return PacedSource(source, stop) if realtime else source
    near = get_close_matches(text.lower(), [PICAMERA2], n=1)
    hint = f"did you mean {PICAMERA2}?" if near else f"expected {EXPECTED}"
    raise UsageError(f"no source '{without_password(text)}': no such file; {hint}")


def _recognises(kind: type[SourceKind], text: str) -> bool:
    try:
        return kind.recognises(text)
    except (OSError, ValueError):  # too long for a file name, or with a zero byte in it
        return False
