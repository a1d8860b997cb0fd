"""Creates a source from its name."""

from __future__ import annotations

import shlex
from importlib import import_module
from pathlib import Path

from edge.config.settings import SourceSettings
from edge.sources.image_files import is_picture
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.paced import PacedSource
from edge.sources.picamera import PICAMERA2
from edge.sources.reconnecting import ReconnectingSource
from edge.sources.repeated import RepeatedSource
from edge.sources.source import FrameSource, SourceKind
from edge.sources.transformed import PictureTransform, TransformedSource
from edge.system.signals import StopRequest
from moodpi.errors import MoodpiError, UsageError, nearest_name
from moodpi.redaction import without_password
from moodpi.text import MAX_REFERENCE_LENGTH, quoted, shortened

# The module and the class of each kind. The first kind that recognizes the text wins; those after
# it are not imported. Network cameras are last: the libraries for HTTP take 3 MB.
SOURCES = (
    ("picamera", "Picamera2Source"),
    ("v4l2", "V4l2Source"),
    ("folder", "FolderSource"),
    ("video", "VideoSource"),
    ("stream", "StreamSource"),
    ("http_source", "HttpSource"),
)
EXPECTED = (
    f"{PICAMERA2}, {PICAMERA2}:1, a camera's number, /dev/video0, an http, https or rtsp URL, "
    "a folder of images or a video file"
)


def open_source(
    text: str,
    settings: SourceSettings | None = None,
    *,
    realtime: bool = False,
    repeat: bool = False,
    stop: StopRequest | None = None,
    must_open: bool = True,
) -> FrameSource:
    """Create the source that `text` names. It opens when its context is entered.

    A live source delivers only its newest frame and is reopened when it is lost.

    Args:
        text: A source as after --source.
        settings: The source's settings; the defaults if None.
        realtime: Whether a file is a live source, read at its frame rate, instead of read as fast
            as possible.
        repeat: Whether a file begins again at its end.
        stop: Ends a `read` that waits.
        must_open: See ReconnectingSource.

    Raises:
        UsageError: `text` is of no known kind, or is a single picture.
        MoodpiError: `text` names a file that does not exist.
    """
    stop, settings = stop or StopRequest(), settings or SourceSettings()
    kind = source_kind(text)
    source: FrameSource = kind(text, settings)
    if source.live:
        source = ReconnectingSource(
            lambda: NewestFrameSource(kind(text, settings), stop),
            stop,
            must_open=must_open,
        )
    else:
        source = RepeatedSource(source) if repeat else source
        source = PacedSource(source, stop) if realtime else source
    return TransformedSource(source, PictureTransform.from_settings(settings))


def source_kind(text: str) -> type[SourceKind]:
    """The kind of source that `text` names. Raises as open_source does."""
    for module, name in SOURCES:
        kind: type[SourceKind] = getattr(import_module(f"edge.sources.{module}"), name)
        if _recognizes(kind, text):
            if module == "video" and is_picture(Path(text)):
                raise UsageError(
                    f"{text} is a single picture: expected a video, a folder of images or a "
                    f"camera; for a photo use `moodpi recommend {shlex.quote(text)}`",
                    code="single_picture",
                )
            return kind
    raise _unknown(text)


def _unknown(text: str) -> MoodpiError:
    """The error for a `text` that no kind recognizes; text with a path's syntax is a path."""
    shown = shortened(without_password(text), MAX_REFERENCE_LENGTH)
    if ":/" not in text and ("/" in text or Path(text).suffix):
        return MoodpiError(
            f"no such file or folder: {shown}: expected {EXPECTED}", code="no_such_file"
        )
    near = nearest_name(text, [PICAMERA2], cutoff=0.6)
    hint = f"did you mean {near}?" if near else f"expected {EXPECTED}"
    return UsageError(f"no source {quoted(shown)}: no such file; {hint}", code="unknown_source")


def _recognizes(kind: type[SourceKind], text: str) -> bool:
    try:
        return kind.recognizes(text)
    except (OSError, ValueError):  # too long for a file name, or contains a null byte
        return False
